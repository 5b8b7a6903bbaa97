using System.Net;
using System.Runtime.ExceptionServices;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Scheduling;
using DaprShop.Sidecar.State;

namespace DaprShop.Sidecar.Actors;

/// <summary>
/// The actors as one app's sidecar sees them: it calls those of all apps, and hosts those of its own app while that one answers.
/// </summary>
internal sealed partial class SidecarActors(Sidecar sidecar) : IDisposable
{
    // daprd's DaprBuiltInActorNotFoundRetries.
    private const int LookupRetries = 5;
    private static readonly TimeSpan LookupInterval = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = sidecar.Shared.Loggers.CreateLogger("dapr.runtime.actors");
    private readonly ActorState _state = new(sidecar);
    private readonly CancellationTokenSource _stopping = new();
    private Task _following = Task.CompletedTask;
    private ActorHost? _host;

    private ActorPlacement Placement => sidecar.Shared.Placement;

    private Reminders Reminders => sidecar.Shared.Reminders;

    /// <summary>The actor types of the app with the number of their active actors here; empty when it hosts none.</summary>
    public IReadOnlyDictionary<string, int> Counts => _host?.Counts ?? new Dictionary<string, int>();

    /// <summary>The same types with the number of timers of these actors.</summary>
    public IReadOnlyDictionary<string, int> TimerCounts => _host?.TimerCounts ?? new Dictionary<string, int>();

    /// <summary>Reads which types the app hosts (GET /dapr/config) and takes their calls, again each time the app comes back.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (sidecar.App.Exists && sidecar.Options.AppProtocol is not ("grpc" or "grpcs"))
        {
            await JoinAsync(cancellationToken).ConfigureAwait(false);
            _following = FollowAsync(_stopping.Token);
        }
    }

    /// <summary>Gives the actors to the app's other instances, or deactivates them.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await LeaveAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Calls an actor's method and gives the app's answer, which is 200 and read whole. Throws <see cref="DaprApiException"/>
    /// (ERR_ACTOR_INVOKE_METHOD) for any other answer or none.
    /// </summary>
    public async Task<HttpResponseMessage> InvokeAsync(ActorCall call, CancellationToken cancellationToken)
    {
        var policy = sidecar.Policies.ForActor(call.Actor.Type, call.Actor.Id);
        var remote = false;
        try
        {
            var response = policy.Turn.IsNone && policy.Call.IsNone
                ? await InvokeUnderBuiltInAsync(CallOwnerAsync, cancellationToken).ConfigureAwait(false)
                : await policy.Turn.ExecuteAsync(CallOwnerAsync, static answer => (int)answer.StatusCode, cancellationToken).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK ? response : throw await RefusedAsync(call, response, remote).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is CircuitOpenException or TimeoutException or AppUnreachableException or ActorMovedException)
        {
            throw ActorErrors.Invoke(remote, failure.Message);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw ActorErrors.Invoke(remote, failure.GetBaseException().Message);
        }

        async Task<HttpResponseMessage> CallOwnerAsync(CancellationToken attempt)
        {
            while (true)
            {
                var owner = await FindOwnerAsync(call, attempt).ConfigureAwait(false);
                remote = owner.Sidecar != sidecar;
                if (await owner.CallAsync(call, policy.Call, attempt).ConfigureAwait(false) is { } answer)
                {
                    return answer;
                }
            }
        }
    }

    /// <summary>A value of an actor of this app, active or not; null when there is none.</summary>
    public ValueTask<StateEntry?> GetStateAsync(ActorKey actor, string key, CancellationToken cancellationToken) =>
        _state.GetAsync(actor, key, cancellationToken);

    /// <summary>Changes the state of an actor that is active here.</summary>
    public Task TransactStateAsync(ActorKey actor, IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        if (sidecar.State.ActorStore is null)
        {
            throw ActorErrors.NoStore();
        }

        return _host?.Find(actor) is null
            ? throw ActorErrors.InstanceMissing()
            : _state.TransactAsync(actor, operations, cancellationToken);
    }

    /// <summary>Starts a timer of an actor that is active here.</summary>
    public void SetTimer(ActorKey actor, ActorTimerRequest request)
    {
        CheckType(actor);
        if (_host?.Find(actor) is not { } active)
        {
            throw ActorErrors.TimerCreate($"can't create timer for actor {actor}: actor not activated");
        }

        var schedule = Schedule(ActorSchedule.OfTimer, request, ActorErrors.TimerCreate);
        active.SetTimer(new ActorTimer(active, _host, request, schedule, sidecar.Shared.Time, _logger));
    }

    public void RemoveTimer(ActorKey actor, string name)
    {
        CheckType(actor);
        _host?.Find(actor)?.RemoveTimer(name);
    }

    /// <summary>Stores a reminder of an actor of a type that this app hosts.</summary>
    public async Task SetReminderAsync(
        ActorKey actor, ActorTimerRequest request, FailurePolicy failurePolicy, bool overwrite, CancellationToken cancellationToken)
    {
        CheckHosted(actor);
        var schedule = Schedule(ActorSchedule.OfReminder, request, ActorErrors.ReminderCreate);
        var reminder = new Reminder(0, actor, request, schedule.Period, schedule.Due, schedule.Due, schedule.Expires, 0, 0, failurePolicy);
        if (!await Reminders.RegisterAsync(reminder, overwrite, cancellationToken).OrFailAsync(ActorErrors.ReminderCreate).ConfigureAwait(false))
        {
            throw ActorErrors.ReminderExists(request.Name);
        }
    }

    public Reminder GetReminder(ActorKey actor, string name)
    {
        CheckHosted(actor);
        return Reminders.Find(actor, name) ?? throw ActorErrors.ReminderNotFound(name);
    }

    public Task RemoveReminderAsync(ActorKey actor, string name, CancellationToken cancellationToken)
    {
        CheckHosted(actor);
        return Reminders.DeleteAsync(actor, name, cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private ActorSchedule Schedule(
        Func<ActorTimerRequest, DateTimeOffset, ActorSchedule> read, ActorTimerRequest request, Func<string, DaprApiException> invalid)
    {
        try
        {
            return read(request, sidecar.Shared.Time.GetUtcNow());
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException or OverflowException)
        {
            throw invalid(e.Message);
        }
    }

    private void CheckHosted(ActorKey actor)
    {
        CheckType(actor);
        if (_host?.Types.ContainsKey(actor.Type) != true)
        {
            throw ActorErrors.ReminderNotHosted();
        }
    }

    private static void CheckType(ActorKey actor)
    {
        if (actor.Type.StartsWith("dapr.internal.", StringComparison.Ordinal))
        {
            throw ActorErrors.TypeReserved(actor.Type);
        }
    }

    private async Task<ActorHost> FindOwnerAsync(ActorCall call, CancellationToken cancellationToken)
    {
        for (var retry = 0; retry <= LookupRetries; retry++)
        {
            if (retry > 0)
            {
                await Task.Delay(LookupInterval, sidecar.Shared.Time, cancellationToken).ConfigureAwait(false);
            }

            if (await Placement.FindAsync(call.Actor, call.Chain, cancellationToken).ConfigureAwait(false) is { } owner)
            {
                return owner;
            }
        }

        throw ActorErrors.NoAddress(call.Actor);
    }

    /// <summary>Without a policy, a call that did not reach the app is made again by the built-in retries, and no other.</summary>
    private async Task<HttpResponseMessage> InvokeUnderBuiltInAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> call, CancellationToken cancellationToken)
    {
        var (response, failure) = await sidecar.Policies.ActorRetries.ExecuteAsync<(HttpResponseMessage?, ExceptionDispatchInfo?)>(
            async attempt =>
            {
                try
                {
                    return (await call(attempt).ConfigureAwait(false), null);
                }
                catch (Exception e) when (e is not (AppUnreachableException or OperationCanceledException))
                {
                    return (null, ExceptionDispatchInfo.Capture(e));
                }
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        failure?.Throw();
        return response!;
    }

    private static async Task<DaprApiException> RefusedAsync(ActorCall call, HttpResponseMessage response, bool remote)
    {
        using (response)
        {
            return response.StatusCode == HttpStatusCode.NotFound
                ? ActorErrors.Invoke(remote, $"actor method not found: {call.Path.TrimStart('/')}")
                : ActorErrors.Invoke(
                    remote,
                    $"error from actor service: ({(int)response.StatusCode}) {await response.Content.ReadAsStringAsync().ConfigureAwait(false)}");
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await sidecar.App.WaitUntilUnhealthyAsync(cancellationToken).ConfigureAwait(false);
            await LeaveAsync().ConfigureAwait(false);
            await sidecar.App.WaitUntilHealthyAsync(cancellationToken).ConfigureAwait(false);
            await JoinAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        var types = await new AppActorTypes(sidecar, _logger).ReadAsync(cancellationToken).ConfigureAwait(false);
        if (types.Count == 0)
        {
            return;
        }

        if (sidecar.State.ActorStore is null)
        {
            LogNoStore(sidecar.AppId);
            return;
        }

        _host = new ActorHost(sidecar, types, _logger);
        await Placement.JoinAsync(_host).ConfigureAwait(false);
    }

    private async Task LeaveAsync()
    {
        if (_host is { } host)
        {
            // What still runs may use the actor API to the end, so the host is forgotten last.
            await Placement.LeaveAsync(host).ConfigureAwait(false);
            _host = null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{AppId}: actor state store not configured: the app's actors are not hosted")]
    private partial void LogNoStore(string appId);
}
