using DaprShop.Sidecar.Scheduling;

namespace DaprShop.Sidecar.Actors;

/// <summary>
/// A stored reminder. <paramref name="Tick"/> is when it was to fire, <paramref name="Due"/> when it is tried next,
/// <paramref name="Fired"/> how often it was done with before, <paramref name="Failures"/> how often this tick has failed.
/// Registered anew it has another <paramref name="Id"/>.
/// </summary>
internal sealed record Reminder(
    long Id,
    ActorKey Actor,
    ActorTimerRequest Request,
    ActorPeriod? Period,
    DateTimeOffset Tick,
    DateTimeOffset Due,
    DateTimeOffset? Expires,
    int Fired,
    int Failures,
    FailurePolicy FailurePolicy)
{
    private ActorSchedule Schedule => new(Tick, Period, Expires);

    public bool IsOver => Schedule.IsOver(Tick);

    /// <summary>As it stands after its call-back worked or was given up; null when that was its last.</summary>
    public Reminder? Done(DateTimeOffset now) => Schedule.Next(Tick, Fired + 1, now) is { } next
        ? this with { Tick = next, Due = next, Fired = Fired + 1, Failures = 0 }
        : null;

    /// <summary>As it stands after its call-back failed; null when that was its last.</summary>
    public Reminder? Failed(DateTimeOffset now) => FailurePolicy.MaxRetries >= 0 && Failures >= FailurePolicy.MaxRetries
        ? Done(now)
        : this with { Due = now + FailurePolicy.Interval, Failures = Failures + 1 };
}
