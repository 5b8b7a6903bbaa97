using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Storage;
using Google.Protobuf.WellKnownTypes;

namespace DaprShop.Sidecar.Jobs;

/// <summary>The jobs of one app: it schedules them, and takes them when they are due, while it is healthy.</summary>
internal sealed class SidecarJobs : IDisposable
{
    private readonly Sidecar _sidecar;
    private readonly JobDelivery _delivery;
    private readonly CancellationTokenSource _stopping = new();
    private Task _following = Task.CompletedTask;

    public SidecarJobs(Sidecar sidecar) => (_sidecar, _delivery) = (sidecar, new JobDelivery(sidecar));

    public string AppId => _sidecar.AppId;

    private JobScheduler Scheduler => _sidecar.Shared.Jobs;

    private Database Database => _sidecar.Shared.Database;

    public void Start() => _following = _sidecar.App.Exists ? FollowAsync(_stopping.Token) : Task.CompletedTask;

    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Scheduler.Leave(this);
    }

    /// <summary>Stores a job; completes when it is durable. Throws <see cref="DaprApiException"/> for one that cannot be.</summary>
    public async Task ScheduleAsync(Job? job, bool overwrite, CancellationToken cancellationToken)
    {
        if (job is null)
        {
            throw JobErrors.Empty(AppId);
        }

        RequireName(job.Name);
        if (!job.HasSchedule && !job.HasDueTime)
        {
            throw JobErrors.NoSchedule(AppId);
        }

        try
        {
            var (first, expires) = new JobTimes(job).Begin(job, _sidecar.Shared.Time.GetUtcNow());
            var stored = job.Clone();
            stored.FailurePolicy ??= new JobFailurePolicy
            {
                Constant = new JobFailurePolicyConstant { Interval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)), MaxRetries = 3 },
            };
            if (!await Scheduler.AddAsync(new ScheduledJob(0, AppId, stored, first, first, expires, 0, 0), overwrite, cancellationToken).ConfigureAwait(false))
            {
                throw JobErrors.Exists(AppId, job.Name);
            }
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException or OverflowException)
        {
            throw JobErrors.Schedule(AppId, e.Message);
        }
    }

    public Job Get(string name)
    {
        RequireName(name);
        return Database.Read(session => JobTable.Find(session, AppId, name))?.Job ?? throw JobErrors.NotFound(AppId, name);
    }

    public IReadOnlyList<Job> List() => [.. Database.Read(session => JobTable.All(session, AppId)).Select(job => job.Job)];

    /// <summary>Deletes a job; one that does not exist is as good as deleted.</summary>
    public Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        RequireName(name);
        return Database.WriteAsync(session => JobTable.Delete(session, AppId, name), cancellationToken);
    }

    public Task DeleteByPrefixAsync(string prefix, CancellationToken cancellationToken) =>
        Database.WriteAsync(session => JobTable.DeleteByPrefix(session, AppId, prefix), cancellationToken);

    /// <summary>Brings a job that is due to the app; throws <see cref="HttpRequestException"/> when that one did not do it.</summary>
    public Task DeliverAsync(Job job, CancellationToken cancellationToken) => _delivery.DeliverAsync(job, cancellationToken);

    public void Dispose() => _stopping.Dispose();

    private void RequireName(string name)
    {
        if (name.Length == 0 || name.Contains('|', StringComparison.Ordinal))
        {
            throw JobErrors.NameEmpty(AppId);
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _sidecar.App.WaitUntilHealthyAsync(cancellationToken).ConfigureAwait(false);
            Scheduler.Join(this);
            await _sidecar.App.WaitUntilUnhealthyAsync(cancellationToken).ConfigureAwait(false);
            Scheduler.Leave(this);
        }
    }
}
