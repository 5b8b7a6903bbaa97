using System.Collections.Concurrent;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Resiliency;

namespace DaprShop.Sidecar.Actors;

/// <summary>The actors that are active in one instance of an app.</summary>
internal sealed partial class ActorHost(Sidecar sidecar, IReadOnlyDictionary<string, ActorSettings> types, ILogger logger)
{
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<ActorKey, Actor> _actors = new();
    private readonly Lock _gate = new();
    private Func<ActorKey, bool> _owns = _ => false;

    public Sidecar Sidecar => sidecar;

    public IReadOnlyDictionary<string, ActorSettings> Types => types;

    /// <summary>The types with the number of active actors.</summary>
    public IReadOnlyDictionary<string, int> Counts
    {
        get
        {
            var counts = types.Keys.ToDictionary(type => type, _ => 0, StringComparer.Ordinal);
            foreach (var key in _actors.Keys)
            {
                counts[key.Type]++;
            }

            return counts;
        }
    }

    /// <summary>The types with the number of timers of their active actors.</summary>
    public IReadOnlyDictionary<string, int> TimerCounts =>
        types.Keys.ToDictionary(type => type, type => _actors.Values.Where(actor => actor.Key.Type == type).Sum(actor => actor.TimerCount));

    /// <summary>The actor if it is active.</summary>
    public Actor? Find(ActorKey key) => _actors.GetValueOrDefault(key);

    /// <summary>From now on only these actors are activated; the others are to be drained.</summary>
    public void Own(Func<ActorKey, bool> owns)
    {
        lock (_gate)
        {
            _owns = owns;
        }
    }

    /// <summary>
    /// Calls the actor in its turn, active or not; null when it does not belong here (any more) or was just being deactivated:
    /// then it is to be looked up again.
    /// </summary>
    public async Task<HttpResponseMessage?> CallAsync(ActorCall call, ResiliencyPolicy timeout, CancellationToken cancellationToken)
    {
        var actor = Activate(call.Actor, call.Chain);
        return actor is null ? null : await CallAsync(actor, call, timeout, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Calls an actor that was found active, in its turn; null when it was deactivated meanwhile, or when the call is not wanted any
    /// more at its turn.
    /// </summary>
    public async Task<HttpResponseMessage?> CallAsync(
        Actor actor, ActorCall call, ResiliencyPolicy timeout, CancellationToken cancellationToken)
    {
        var chain = actor.Settings.Reentrant ? call.Chain ?? Guid.NewGuid().ToString() : null;
        using (sidecar.Metrics.Actors.Pending(actor.Key.Type))
        {
            if (!await actor.Turns.EnterAsync(chain, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }
        }

        try
        {
            if (!call.IsWanted())
            {
                return null;
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(actor.Cut, cancellationToken);
            return await timeout.ExecuteAsync(attempt => SendAsync(call, chain, attempt), cancellationToken: either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException cut) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ActorMovedException(actor.Key, cut);
        }
        finally
        {
            actor.Touch();
            actor.Turns.Leave();
        }
    }

    /// <summary>Deactivates an actor whose turn was taken for good.</summary>
    public void Deactivate(Actor actor) => _ = DeactivateAsync(actor);

    /// <summary>Deactivates all actors that are not owned any more, each after its running call.</summary>
    public Task DrainAsync() => Task.WhenAll(_actors.Values.Where(actor => !_owns(actor.Key)).Select(DrainAsync));

    private async Task DrainAsync(Actor actor)
    {
        if (!actor.Turns.TryBeginClose(out var taken))
        {
            await actor.WhenClosed.ConfigureAwait(false);
            return;
        }

        try
        {
            var patience = actor.Settings.DrainsCalls ? actor.Settings.DrainTimeout : TimeSpan.Zero;
            await taken.WaitAsync(patience, sidecar.Shared.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogCut(sidecar.AppId, actor.Key);
            await actor.CutAsync().ConfigureAwait(false);
            await taken.ConfigureAwait(false);
        }

        await DeactivateAsync(actor).ConfigureAwait(false);
    }

    private Actor? Activate(ActorKey key, string? chain)
    {
        if (_actors.TryGetValue(key, out var active) && (_owns(key) || active.Turns.IsHeldBy(chain)))
        {
            return active;
        }

        lock (_gate)
        {
            return _owns(key) ? _actors.GetOrAdd(key, static (key, host) => host.New(key), this) : null;
        }
    }

    private Actor New(ActorKey key) => new(key, types[key.Type], this, sidecar.Shared.Time);

    private async Task<HttpResponseMessage> SendAsync(ActorCall call, string? chain, CancellationToken cancellationToken)
    {
        using var message = call.ToMessage(sidecar.Options, chain);
        var response = await sidecar.App.SendAsync(message, cancellationToken).ConfigureAwait(false);
        try
        {
            // The turn ends when the answer is here, not when it begins.
            await response.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task DeactivateAsync(Actor actor)
    {
        try
        {
            // An app that has gone has no actors to forget.
            if (sidecar.App.PortAnswers)
            {
                await SayGoodbyeAsync(actor.Key).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            LogNotDeactivated(e, sidecar.AppId, actor.Key);
        }
        finally
        {
            _actors.TryRemove(actor.Key, out _);
            await actor.DisposeAsync().ConfigureAwait(false);
            sidecar.Metrics.Actors.Deactivated(actor.Key.Type);
        }
    }

    private async Task SayGoodbyeAsync(ActorKey key)
    {
        using var patience = new CancellationTokenSource(GoodbyeTime, sidecar.Shared.Time);
        using var message = new HttpRequestMessage(HttpMethod.Delete, new Uri(key.Path, UriKind.Relative));
        using var response = await sidecar.App.SendAsync(message, patience.Token).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
    }

    [LoggerMessage(LogLevel.Warning, "{AppId}: a running call of actor {Actor} is cut, since the actor moves")]
    private partial void LogCut(string appId, ActorKey actor);

    [LoggerMessage(LogLevel.Warning, "{AppId}: the app did not deactivate actor {Actor}")]
    private partial void LogNotDeactivated(Exception exception, string appId, ActorKey actor);
}

/// <summary>The actor had to move while its call was running: the call may have had its effect, or not.</summary>
internal sealed class ActorMovedException(ActorKey actor, Exception? inner = null) : Exception($"actor {actor} was moved, or its app ended, during the call", inner);
