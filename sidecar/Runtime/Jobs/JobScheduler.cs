using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Scheduling;
using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.Jobs;

/// <summary>
/// Runs the durable jobs of all apps, each at one healthy instance of its app; those of an app that is away wait for it. A job
/// stays in the table until the app has answered: at least once.
/// </summary>
internal sealed partial class JobScheduler : IAsyncDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DueQueue _queue;
    private readonly Lock _gate = new();
    private readonly List<SidecarJobs> _takers = [];
    private int _turn;

    public JobScheduler(Database database, TimeProvider time, ILoggerFactory loggers)
    {
        (_database, _time) = (database, time);
        _logger = loggers.CreateLogger("dapr.runtime.scheduler");
        _queue = new DueQueue(time, _logger, Look, RunAsync);
    }

    public void Start() => _queue.Start();

    /// <summary>The instance takes jobs of its app from now on.</summary>
    public void Join(SidecarJobs taker)
    {
        lock (_gate)
        {
            _takers.Add(taker);
        }

        _queue.Ring();
    }

    public void Leave(SidecarJobs taker)
    {
        lock (_gate)
        {
            _takers.Remove(taker);
        }
    }

    /// <summary>Stores a job in the place of one with the same name; not <paramref name="overwrite"/>: false when there is one.</summary>
    public Task<bool> AddAsync(ScheduledJob job, bool overwrite, CancellationToken cancellationToken) => _database.WriteAsync(
        session =>
        {
            if (!overwrite && JobTable.Find(session, job.AppId, job.Job.Name) is not null)
            {
                return false;
            }

            JobTable.Delete(session, job.AppId, job.Job.Name);
            JobTable.Insert(session, job);
            session.OnCommitted(_queue.Ring);
            return true;
        },
        cancellationToken);

    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private (IReadOnlyList<long> Due, DateTimeOffset? Next) Look(DateTimeOffset now)
    {
        string[] apps;
        lock (_gate)
        {
            apps = [.. _takers.Select(taker => taker.AppId).Distinct()];
        }

        var due = new List<long>();
        DateTimeOffset? next = null;
        foreach (var app in apps)
        {
            var (ofApp, later) = _database.Read(session => (
                JobTable.Due(session, app, now, DueQueue.MaxRunning * 2), JobTable.NextDue(session, app, now)));
            due.AddRange(ofApp);
            next = later is not null && !(later >= next) ? later : next;
        }

        return (due, next);
    }

    private async Task RunAsync(long id, CancellationToken cancellationToken)
    {
        // Read when it counts as running: before, another run could have been ending.
        var now = _time.GetUtcNow();
        if (_database.Read(session => JobTable.Find(session, id)) is { } job && job.Due <= now)
        {
            var after = job.Expires < now ? null : await AfterRunAsync(job, cancellationToken).ConfigureAwait(false);
            await _database.WriteAsync(session => JobTable.Replace(session, id, after), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<ScheduledJob?> AfterRunAsync(ScheduledJob job, CancellationToken cancellationToken)
    {
        try
        {
            if (Taker(job.AppId) is { } taker)
            {
                await taker.DeliverAsync(job.Job, cancellationToken).ConfigureAwait(false);
                return job.Done(_time.GetUtcNow());
            }
        }
        catch (AppUnreachableException)
        {
            // Not the job's failure: it waits for an instance that takes it.
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            LogFailed(job.Job.Name, job.AppId, job.Failures + 1, e.Message);
            return job.Failed(_time.GetUtcNow());
        }

        return job with { Due = _time.GetUtcNow() + AfterFailure };
    }

    private SidecarJobs? Taker(string appId)
    {
        lock (_gate)
        {
            var ofApp = _takers.FindAll(taker => taker.AppId == appId);
            return ofApp.Count == 0 ? null : ofApp[(_turn++ & int.MaxValue) % ofApp.Count];
        }
    }

    [LoggerMessage(LogLevel.Warning, "job {Name} of app {AppId} failed, try {Attempt}: {Error}")]
    private partial void LogFailed(string name, string appId, int attempt, string error);
}
