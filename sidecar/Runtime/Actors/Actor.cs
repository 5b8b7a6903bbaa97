using System.Collections.Concurrent;
using DaprShop.Sidecar.Scheduling;

namespace DaprShop.Sidecar.Actors;

/// <summary>An active actor: its turns, its timers and when it was last used.</summary>
internal sealed class Actor : IAsyncDisposable
{
    private readonly ActorHost _host;
    private readonly TimeProvider _time;
    private readonly ITimer _idle;
    private readonly ConcurrentDictionary<string, ActorTimer> _timers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _cut = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastUse;

    public Actor(ActorKey key, ActorSettings settings, ActorHost host, TimeProvider time)
    {
        (Key, Settings, _host, _time) = (key, settings, host, time);
        Turns = new ActorTurns(settings.MaxStackDepth);
        _lastUse = time.GetTimestamp();
        _idle = time.CreateTimer(_ => OnIdle(), null, Alarm.Limit(settings.IdleTimeout), Timeout.InfiniteTimeSpan);
    }

    public ActorKey Key { get; }

    public ActorSettings Settings { get; }

    public ActorTurns Turns { get; }

    public int TimerCount => _timers.Count;

    /// <summary>Cancelled when a running call may not go on, since the actor has to move.</summary>
    public CancellationToken Cut => _cut.Token;

    /// <summary>Completes when the actor is deactivated.</summary>
    public Task WhenClosed => _closed.Task;

    /// <summary>The idle time starts anew.</summary>
    public void Touch() => Volatile.Write(ref _lastUse, _time.GetTimestamp());

    /// <summary>Ends what the turn's holder is doing.</summary>
    public Task CutAsync() => _cut.CancelAsync();

    /// <summary>Starts a timer in the place of one with the same name.</summary>
    public void SetTimer(ActorTimer timer)
    {
        RemoveTimer(timer.Name);
        _timers[timer.Name] = timer;
        timer.Start();
    }

    public void RemoveTimer(string name)
    {
        if (_timers.TryRemove(name, out var timer))
        {
            timer.Dispose();
        }
    }

    /// <summary>Call when the app was told, with the turn taken for good.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var name in _timers.Keys)
        {
            RemoveTimer(name);
        }

        await _idle.DisposeAsync().ConfigureAwait(false);
        Turns.Close();
        _closed.TrySetResult();
        _cut.Dispose();
    }

    // The alarm is set once and looks at the clock when it rings, so that a call costs no change of the alarm.
    private void OnIdle()
    {
        var left = Settings.IdleTimeout - _time.GetElapsedTime(Volatile.Read(ref _lastUse));
        if (left <= TimeSpan.Zero && Turns.TryBeginClose())
        {
            _host.Deactivate(this);
            return;
        }

        _idle.Change(Alarm.Limit(left > TimeSpan.Zero ? left : Settings.IdleTimeout), Timeout.InfiniteTimeSpan);
    }
}
