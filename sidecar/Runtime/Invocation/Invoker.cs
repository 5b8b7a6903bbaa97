using System.Diagnostics;
using DaprShop.Sidecar.Observability;
using DaprShop.Sidecar.PubSub;
using DaprShop.Sidecar.Resiliency;

namespace DaprShop.Sidecar.Invocation;

/// <summary>
/// Service invocation: caller's policies, choice of an instance, forwarding to the callee's app. All sidecars live in this
/// process, so a call is one HTTP request to the app; what the callee's sidecar would check is checked here.
/// </summary>
internal sealed class Invoker(Sidecar sidecar)
{
    /// <summary>
    /// Calls an app and gives its answer, whatever its status; the caller disposes it. Throws <see cref="DaprApiException"/>
    /// (ERR_DIRECT_INVOKE) when no answer of an app could be had.
    /// </summary>
    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request, CancellationToken cancellationToken)
    {
        var route = Resolve(request);
        // A call that was passed on is under its caller's policies already.
        var policy = request.Caller is null ? sidecar.Policies.ForApp(route.Id, request.Path) : ResiliencyPolicy.None;
        try
        {
            return policy.IsNone
                ? await InvokeOnceAsync(route, request, cancellationToken)
                : await InvokeUnderAsync(policy, route, request, cancellationToken);
        }
        catch (Exception failure) when (failure is CircuitOpenException or TimeoutException or AppUnreachableException)
        {
            throw InvocationErrors.Failed(request.Target, failure.Message);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw InvocationErrors.Broken(request.Target, failure);
        }
    }

    private async Task<InvocationResponse> InvokeUnderAsync(
        ResiliencyPolicy policy, Route route, InvocationRequest request, CancellationToken cancellationToken)
    {
        if (policy.Retries && request.Body.CanBeRepeated)
        {
            await request.Body.BufferAsync(cancellationToken);
        }
        else
        {
            policy = policy.WithoutRetry;
        }

        return await policy.ExecuteAsync(attempt => SendAsync(route, request, attempt), static response => response.Outcome, cancellationToken);
    }

    /// <summary>Without a policy, a call that did not reach its app is made again by the built-in retries.</summary>
    private async Task<InvocationResponse> InvokeOnceAsync(Route route, InvocationRequest request, CancellationToken cancellationToken)
    {
        AppUnreachableException? first;
        try
        {
            return await SendAsync(route, request, cancellationToken);
        }
        catch (AppUnreachableException unreachable)
        {
            first = unreachable;
        }

        var retries = -1;
        try
        {
            return await sidecar.Policies.ServiceRetries.ExecuteAsync(
                attempt =>
                {
                    retries++;
                    // What has just failed counts as the first attempt.
                    return retries == 0 ? Task.FromException<InvocationResponse>(first) : SendAsync(route, request, attempt);
                },
                cancellationToken: cancellationToken);
        }
        catch (AppUnreachableException unreachable)
        {
            throw InvocationErrors.Failed(request.Target, $"failed to invoke target {route.Id} after {retries} retries. Error: {unreachable.Message}");
        }
    }

    /// <summary>One attempt, counted by the caller's sidecar unless it is a call of its own app.</summary>
    private Task<InvocationResponse> SendAsync(Route route, InvocationRequest request, CancellationToken cancellationToken) =>
        request.Caller is null && !route.IsSelf && (route.App is not null || route.Peers is not null)
            ? SendCountedAsync(route, request, cancellationToken)
            : SendToFirstAsync(route, request, cancellationToken);

    private async Task<InvocationResponse> SendCountedAsync(Route route, InvocationRequest request, CancellationToken cancellationToken)
    {
        var (metrics, started, status) = (sidecar.Metrics.Invocation, Stopwatch.GetTimestamp(), 500);
        metrics.RequestSent(route.Id);
        try
        {
            var response = await SendToFirstAsync(route, request, cancellationToken);
            status = response.Status;
            return response;
        }
        finally
        {
            metrics.ResponseReceived(route.Id, status, started);
        }
    }

    /// <summary>Sends to the first instance that takes the connection.</summary>
    private async Task<InvocationResponse> SendToFirstAsync(Route route, InvocationRequest request, CancellationToken cancellationToken)
    {
        if (route.Peers is { } peers)
        {
            return await PeerChannel.SendAsync(sidecar.Options, sidecar.Shared.Peers!, peers, request, cancellationToken);
        }

        if (route.App is null)
        {
            return await ExternalHosts.SendAsync(sidecar.Options, request, cancellationToken);
        }

        for (var tried = 1; ; tried++)
        {
            var callee = route.IsSelf ? sidecar : route.App.Next();
            if (!callee.App.ProbesPass)
            {
                throw InvocationErrors.Unhealthy(request.Target);
            }

            try
            {
                return await SendToAsync(callee, route, request, cancellationToken);
            }
            catch (AppUnreachableException) when (!route.IsSelf && tried < route.App.All.Count)
            {
                // That instance is marked as away now, so the next choice is another one.
            }
        }
    }

    private async Task<InvocationResponse> SendToAsync(Sidecar callee, Route route, InvocationRequest request, CancellationToken cancellationToken)
    {
        var message = new HttpRequestMessage(HttpMethod.Parse(request.Verb), (Uri?)null)
        {
            Content = request.Body.ToContent(),
            RequestUri = callee.App.Resolve(request.Path + request.Query),
        };
        using var span = route.IsSelf || !callee.Tracing.Exports ? default : SpanOf(callee, request);
        var traceParent = span.Context.TraceParent is { Length: > 0 } own ? own : request.TraceParent;
        InvocationHeaders.Copy(request, message, sidecar.Options, route.IsSelf ? null : route.Id, traceParent);

        var caller = request.Caller ?? (route.IsSelf ? null : sidecar.AppId);
        if (caller is not null)
        {
            callee.Metrics.Invocation.RequestReceived(caller);
        }

        if (callee.App.SpeaksGrpc && !request.IsGrpc)
        {
            return await GrpcInvocation.SendAsync(callee.App, request, message, cancellationToken);
        }

        await callee.App.EnterAsync(cancellationToken);
        try
        {
            var response = new InvocationResponse(await callee.App.SendInSlotAsync(message, cancellationToken), request.Body, callee.App);
            if (caller is not null)
            {
                callee.Metrics.Invocation.ResponseSent(caller, response.Status);
            }

            return response;
        }
        catch
        {
            callee.App.Leave();
            await request.Body.StopAsync();
            throw;
        }
    }

    /// <summary>The callee's side of a call; daprd's sidecars show both.</summary>
    private static EventSpan SpanOf(Sidecar callee, InvocationRequest request) => callee.Tracing.StartUnder(
        new TraceContext(request.TraceParent ?? "", request.Headers.TraceState.ToString()),
        request.IsGrpc ? request.Path : SidecarTracing.NameOfCall(callee.AppId, request.Path),
        ActivityKind.Server);

    /// <summary>Finds the app and checks what does not change from one attempt to the next.</summary>
    private Route Resolve(InvocationRequest request)
    {
        if (ExternalHosts.IsUrl(request.Target))
        {
            return new Route(request.Target, null, false);
        }

        var id = InvocationHeaders.WithoutNamespace(request.Target);
        if (sidecar.Shared.Apps.Resolve(id) is not { } app)
        {
            return request.Caller is null && sidecar.Shared.Peers?.Find(id) is { Count: > 0 } peers
                ? new Route(peers[0].AppId, null, false) { Peers = peers }
                : throw InvocationErrors.Unknown(request.Target);
        }

        var self = app.AppId == sidecar.AppId;
        var callee = self ? sidecar : app.All[0];
        if (!self || request.Caller is not null)
        {
            AccessControl.Check(callee, request.Caller ?? sidecar.AppId, request);
        }

        if (!callee.App.Exists)
        {
            throw InvocationErrors.NoChannel(request.Target, self);
        }

        return !request.IsGrpc || callee.App.SpeaksGrpc
            ? new Route(app.AppId, app, self)
            : throw InvocationErrors.NoGrpc(request.Target, callee.Options.AppProtocol);
    }

    /// <summary>Where a call goes: an app of this process or, without one, that of another process, or a URL.</summary>
    private readonly record struct Route(string Id, AppInstances? App, bool IsSelf)
    {
        public IReadOnlyList<Peer>? Peers { get; init; }
    }
}
