using System.Diagnostics;
using System.Globalization;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.PubSub;
using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Scheduling;

namespace DaprShop.Sidecar.Bindings;

/// <summary>
/// bindings.cron: calls the app at the times of its schedule. A time that comes while the app is still busy with the one before
/// is left out, and so is one at which the app is not healthy: times are not made up for.
/// </summary>
internal sealed partial class CronInputBinding
{
    // Timers have a limit of some weeks, and a clock may be set: a long wait is cut into pieces.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromHours(1);

    private readonly Sidecar _sidecar;
    private readonly ILogger _logger;
    private readonly string _name;
    private readonly Uri _route;
    private readonly CronSchedule _schedule;
    private readonly string _timeZone;
    private readonly bool _isInput;
    private readonly ResiliencyPolicy _policy;
    private InputApp? _app;
    private Task _running = Task.CompletedTask;

    /// <summary>Throws <see cref="InvalidDataException"/> for metadata that cannot be used.</summary>
    public CronInputBinding(Sidecar sidecar, Component component, ILogger logger)
    {
        _sidecar = sidecar;
        _logger = logger;
        _name = component.Name;
        var route = component.Metadata.GetValueOrDefault("route") is { Length: > 0 } given ? given : component.Name;
        _route = new Uri("/" + route.TrimStart('/'), UriKind.Relative);
        _timeZone = component.Metadata.GetValueOrDefault("timeZone") is { Length: > 0 } zone ? zone : "Local";
        _schedule = CronSchedule.Parse(component.Metadata.GetValueOrDefault("schedule", ""), component.Metadata.GetValueOrDefault("timeZone"));
        _isInput = component.Metadata.GetValueOrDefault("direction", "").Split(',').Any(direction => direction.Trim() == "input");
        _policy = sidecar.Policies.ForComponentInbound(component.Name, component.Category);
    }

    /// <summary>
    /// Starts, if the app wants it: without <c>direction: input</c> it is asked. There are no new calls after <paramref name="stopping"/>; <paramref name="aborting"/> ends the one under way.
    /// </summary>
    public async Task StartAsync(InputApp app, CancellationToken stopping, CancellationToken aborting)
    {
        if (_isInput || await app.WantsAsync(_name, _route, stopping).ConfigureAwait(false))
        {
            _app = app;
            _running = Task.Run(() => RunAsync(stopping, aborting), CancellationToken.None);
        }
    }

    /// <summary>Completes when no call is under way any more.</summary>
    public Task WhenStoppedAsync() => _running;

    private async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        try
        {
            while (_schedule.Next(Now) is { } next)
            {
                await WaitUntilAsync(next, stopping).ConfigureAwait(false);
                if (_sidecar.App.IsHealthy)
                {
                    await TickAsync(aborting).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested || aborting.IsCancellationRequested)
        {
            // The sidecar stops.
        }
    }

    private DateTimeOffset Now => _sidecar.Shared.Time.GetUtcNow();

    private async Task WaitUntilAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        while (time - Now is { Ticks: > 0 } left)
        {
            // Rounded up: a timer that fires a moment early would find the same time again.
            var wait = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Min(left.TotalMilliseconds, s_longestWait.TotalMilliseconds)));
            await Task.Delay(wait, _sidecar.Shared.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        var (started, success) = (Stopwatch.GetTimestamp(), false);
        using var span = _sidecar.Tracing.StartRoot($"bindings/{_name}");
        var trace = span.Context;
        try
        {
            var failure = await _policy.ExecuteAsync(token => SendAsync(trace, token), static failure => failure, cancellationToken).ConfigureAwait(false);
            success = failure is null;
            if (!success)
            {
                LogFailed(_sidecar.AppId, _name, $"the app answered {failure}");
            }
        }
        catch (Exception e) when (e is AppUnreachableException or HttpRequestException or TimeoutException or CircuitOpenException)
        {
            LogFailed(_sidecar.AppId, _name, e.Message);
        }

        _sidecar.Metrics.Components.InputBinding(_name, success, started);
    }

    private Task<int?> SendAsync(TraceContext trace, CancellationToken cancellationToken)
    {
        var metadata = new Dictionary<string, string>
        {
            ["readTimeUTC"] = Now.ToString("yyyy-MM-dd HH:mm:ss.fffffff '+0000 UTC'", CultureInfo.InvariantCulture),
            ["timeZone"] = _timeZone,
        };
        if (trace.TraceParent.Length > 0)
        {
            metadata["traceparent"] = trace.TraceParent;
        }

        return _app!.SendAsync(_name, _route, metadata, cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "{AppId}: an event of input binding {Binding} is lost: {Reason}")]
    private partial void LogFailed(string appId, string binding, string reason);
}
