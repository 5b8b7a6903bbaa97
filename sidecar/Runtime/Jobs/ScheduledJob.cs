using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Scheduling;

namespace DaprShop.Sidecar.Jobs;

/// <summary>
/// A stored job. <paramref name="Tick"/> is when it was to run, <paramref name="Due"/> when it is tried next,
/// <paramref name="Fired"/> how often it was done with before, <paramref name="Failures"/> how often this tick has failed.
/// Scheduled anew it has another <paramref name="Id"/>.
/// </summary>
internal sealed record ScheduledJob(
    long Id, string AppId, Job Job, DateTimeOffset Tick, DateTimeOffset Due, DateTimeOffset? Expires, long Fired, int Failures)
{
    /// <summary>As it stands after it was run or given up; null when that was the last time.</summary>
    public ScheduledJob? Done(DateTimeOffset now) => new JobTimes(Job).Next(Tick, Fired + 1, now) is { } next && !(next > Expires)
        ? this with { Tick = next, Due = next, Fired = Fired + 1, Failures = 0 }
        : null;

    /// <summary>As it stands after the app failed; null when that was the last time.</summary>
    public ScheduledJob? Failed(DateTimeOffset now)
    {
        var policy = FailurePolicy.Of(Job.FailurePolicy);
        return policy.MaxRetries >= 0 && Failures >= policy.MaxRetries ? Done(now) : this with { Due = now + policy.Interval, Failures = Failures + 1 };
    }
}
