using System.Text.Json;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>Brings one subscription's messages to the app, under the component's inbound policy.</summary>
internal sealed class EventDelivery(Sidecar sidecar, Subscription subscription)
{
    private const int MaxBroken = 3;

    private static readonly JsonDocumentOptions s_jsonOptions = new() { MaxDepth = CloudEvent.MaxDepth };

    private readonly EventRoutes _routes = new(subscription.Rules);
    private readonly bool _isRaw = PublishMetadata.IsRaw(subscription.Metadata) is true;
    private readonly ResiliencyPolicy _policy = sidecar.Policies.ForComponentInbound(subscription.PubSubName, PubSubComponent.Category);

    /// <summary>Delivers a message; fails only with <see cref="OperationCanceledException"/>.</summary>
    public async Task<DeliveryResult> DeliverAsync(BrokerMessage message, CancellationToken cancellationToken)
    {
        if (message.Expires <= sidecar.Shared.Time.GetUtcNow())
        {
            return new DeliveryResult(DeliveryOutcome.Dropped, "it expired");
        }

        var body = _isRaw ? EventRequest.WrapRaw(message.Data, subscription.PubSubName, subscription.Topic) : message.Data;
        try
        {
            return RouteOf(message, body) is { } path
                ? await SendAsync(path, body, message, cancellationToken).ConfigureAwait(false)
                : new DeliveryResult(DeliveryOutcome.Dropped, "no route matches it");
        }
        catch (JsonException e)
        {
            return new DeliveryResult(DeliveryOutcome.Failed, $"it is not a CloudEvent: {e.Message}");
        }
        catch (InvalidOperationException e)
        {
            return new DeliveryResult(DeliveryOutcome.Failed, $"a rule failed: {e.Message}");
        }
    }

    private string? RouteOf(BrokerMessage message, byte[] body)
    {
        // What this runtime enveloped is known to be a JSON object; most subscriptions have one route and parse nothing.
        if (_routes.Only is { } only && (_isRaw || message.ContentType == CloudEvent.ContentType))
        {
            return only;
        }

        using var cloudEvent = JsonDocument.Parse(body, s_jsonOptions);
        return cloudEvent.RootElement.ValueKind == JsonValueKind.Object
            ? _routes.Find(cloudEvent.RootElement)
            : throw new JsonException("it is no JSON object");
    }

    private async Task<DeliveryResult> SendAsync(string path, byte[] body, BrokerMessage message, CancellationToken cancellationToken)
    {
        var trace = sidecar.Tracing.IsOn ? EventRequest.TraceOf(body) : TraceContext.None;
        for (var broken = 1; ; broken++)
        {
            var result = await TryAsync(path, body, message, trace, cancellationToken).ConfigureAwait(false);
            if (result.Outcome != DeliveryOutcome.Broken)
            {
                return result;
            }

            // An app that went down is found unreachable by the next try. One that is up and breaks the connection again and
            // again fails on this message, and must not get it for ever.
            if (broken == MaxBroken)
            {
                return result with { Outcome = DeliveryOutcome.Failed };
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100 * broken), sidecar.Shared.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<DeliveryResult> TryAsync(
        string path, byte[] body, BrokerMessage message, TraceContext trace, CancellationToken cancellationToken)
    {
        try
        {
            return await _policy.ExecuteAsync(AttemptAsync, result => result.Status, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DeliveryFailedException or TimeoutException or CircuitOpenException)
        {
            return new DeliveryResult(DeliveryOutcome.Failed, e.Message);
        }

        async Task<DeliveryResult> AttemptAsync(CancellationToken token)
        {
            using var request = EventRequest.Create(path, body, subscription.PubSubName, message.Metadata, trace);
            try
            {
                using var response = await sidecar.App.SendAsync(request, token).ConfigureAwait(false);
                return AppAnswer.Read(response.StatusCode, await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false));
            }
            catch (AppUnreachableException e)
            {
                // No failure of the message, so nothing for the policy to count: it waits until the app is back.
                return new DeliveryResult(DeliveryOutcome.Unreachable, e.Message);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return new DeliveryResult(DeliveryOutcome.Broken, e.Message);
            }
        }
    }
}
