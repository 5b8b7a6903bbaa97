using Prometheus;

namespace DaprShop.Sidecar.Observability;

/// <summary>The actors that the app hosts.</summary>
internal sealed class ActorMetrics(MetricFamilies families)
{
    private readonly Gauge _pending = families.Gauge("runtime_actor_pending_actor_calls", "Calls that wait for their actor's turn.", "actor_type");
    private readonly Gauge _timers = families.Gauge("runtime_actor_timers", "Timers of active actors.", "actor_type");
    private readonly Gauge _reminders = families.Gauge("runtime_actor_reminders", "Reminders registered.", "actor_type");
    private readonly Counter _timersFired = families.Counter("runtime_actor_timers_fired_total", "Timers fired.", "actor_type", "success");
    private readonly Counter _remindersFired = families.Counter("runtime_actor_reminders_fired_total", "Reminders fired.", "actor_type", "success");
    private readonly Counter _deactivated = families.Counter("runtime_actor_deactivated_total", "Actors deactivated.", "actor_type");

    public IDisposable? Pending(string type) => _pending.WithLabels(type).TrackInProgress();

    public void TimerFired(string type, bool success) => _timersFired.WithLabels(type, success ? "true" : "false").Inc();

    public void ReminderFired(string type, bool success) => _remindersFired.WithLabels(type, success ? "true" : "false").Inc();

    public void Deactivated(string type) => _deactivated.WithLabels(type).Inc();

    /// <summary>Reads what there is now.</summary>
    public void Observe(Sidecar sidecar)
    {
        foreach (var (type, timers) in sidecar.Actors.TimerCounts)
        {
            _timers.WithLabels(type).Set(timers);
            _reminders.WithLabels(type).Set(sidecar.Shared.Reminders.Count(type));
        }
    }
}
