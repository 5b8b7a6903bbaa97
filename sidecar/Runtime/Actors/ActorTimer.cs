using System.Buffers;
using System.Text.Json;
using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Scheduling;

namespace DaprShop.Sidecar.Actors;

/// <summary>What a timer or a reminder was registered with: times as they were written, data as JSON (empty: none).</summary>
internal sealed record ActorTimerRequest(string Name, string DueTime, string Period, string Ttl, string Callback, ReadOnlyMemory<byte> Data);

/// <summary>
/// A timer: it lives in memory and dies with its actor's activation. The next tick is set when the call-back has ended; one that
/// fails does not stop it.
/// </summary>
internal sealed partial class ActorTimer : IDisposable
{
    private readonly Actor _actor;
    private readonly ActorHost _host;
    private readonly ActorTimerRequest _request;
    private readonly ActorSchedule _schedule;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly ITimer _alarm;
    private DateTimeOffset _due;
    private int _ticks;
    private bool _disposed;

    public ActorTimer(Actor actor, ActorHost host, ActorTimerRequest request, ActorSchedule schedule, TimeProvider time, ILogger logger)
    {
        (_actor, _host, _request, _schedule, _time, _logger) = (actor, host, request, schedule, time, logger);
        _due = schedule.Due;
        _alarm = time.CreateTimer(_ => OnDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Name => _request.Name;

    public void Start() => Arm();

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        _alarm.Dispose();
    }

    private void Arm()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _alarm.Change(Alarm.Limit(_due - _time.GetUtcNow()), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void OnDue()
    {
        if (_due > _time.GetUtcNow())
        {
            Arm();
            return;
        }

        _ = TickAsync();
    }

    private async Task TickAsync()
    {
        try
        {
            if (_schedule.IsOver(_due))
            {
                _actor.RemoveTimer(Name);
                return;
            }

            _ticks++;
            await CallBackAsync().ConfigureAwait(false);
            _host.Sidecar.Metrics.Actors.TimerFired(_actor.Key.Type, success: true);
        }
        catch (Exception e)
        {
            _host.Sidecar.Metrics.Actors.TimerFired(_actor.Key.Type, success: false);
            LogFailed(_logger, _actor.Key, Name, e.Message);
        }

        if (_schedule.Next(_due, _ticks, _time.GetUtcNow()) is { } next)
        {
            _due = next;
            Arm();
        }
        else
        {
            _actor.RemoveTimer(Name);
        }
    }

    private async Task CallBackAsync()
    {
        var call = new ActorCall(_actor.Key, $"{_actor.Key.Path}/method/timer/{Uri.EscapeDataString(Name)}", Body())
        {
            // Removed while it waited for its turn, it fires no more; removed by its own call-back, that goes on.
            IsWanted = () => !IsStopped,
        };
        using var response = await _host.CallAsync(_actor, call, ResiliencyPolicy.None, CancellationToken.None).ConfigureAwait(false);
        response?.EnsureSuccessStatusCode();
    }

    private bool IsStopped
    {
        get
        {
            lock (_gate)
            {
                return _disposed;
            }
        }
    }

    private ReadOnlyMemory<byte> Body()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("callback", _request.Callback);
            writer.WriteData(_request.Data);
            writer.WriteString("dueTime", _request.DueTime);
            writer.WriteString("period", _request.Period);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    [LoggerMessage(LogLevel.Warning, "timer {Name} of actor {Actor} failed: {Error}")]
    private static partial void LogFailed(ILogger logger, ActorKey actor, string name, string error);
}
