using System.Diagnostics;
using System.Text.Json;

namespace DaprShop.Sidecar.PubSub;

/// <summary>Publishing for one app: envelope, topic scopes, policy, broker.</summary>
internal sealed class Publisher(Sidecar sidecar, IReadOnlyDictionary<string, PubSubComponent> components)
{
    private Broker Broker => sidecar.Shared.Broker;

    /// <summary>Publishes a message; completes when it is durable.</summary>
    public async Task PublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        var component = Find(request.PubSubName, request.Topic);
        var message = MessageOf(request);
        Authorize(component, request.Topic);
        var (started, success) = (Stopwatch.GetTimestamp(), false);
        try
        {
            await AppendAsync(component, request.Topic, [message], cancellationToken).ConfigureAwait(false);
            success = true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw PubSubErrors.PublishFailed(request.PubSubName, request.Topic, sidecar.AppId, e.Message);
        }
        finally
        {
            sidecar.Metrics.Components.Published(request.PubSubName, request.Topic, success, started);
        }
    }

    /// <summary>Publishes all entries in one write, or none; gives those that failed.</summary>
    public async Task<IReadOnlyList<FailedEntry>> PublishAsync(
        string pubSubName, string topic, IReadOnlyList<BulkEntry> entries, TraceContext trace, CancellationToken cancellationToken)
    {
        var component = Find(pubSubName, topic);
        RequireUniqueIds(pubSubName, topic, entries);
        var messages = entries.Select(entry => MessageOf(new PublishRequest
        {
            PubSubName = pubSubName,
            Topic = topic,
            Data = entry.Data,
            ContentType = entry.ContentType,
            Metadata = entry.Metadata,
            Trace = sidecar.Tracing.IsOn ? SpanOf(topic, trace) : trace,
        })).ToList();
        Authorize(component, topic);
        var success = false;
        try
        {
            await AppendAsync(component, topic, messages, cancellationToken).ConfigureAwait(false);
            success = true;
            return [];
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return [.. entries.Select(entry => new FailedEntry(entry.EntryId, e.Message))];
        }
        finally
        {
            sidecar.Metrics.Components.PublishedInBulk(pubSubName, topic, success, entries.Count);
        }
    }

    /// <summary>Each entry of a bulk has a span of its own under that of the call.</summary>
    private TraceContext SpanOf(string topic, TraceContext call)
    {
        using var span = sidecar.Tracing.StartUnder(call, $"pubsub/{topic}").With("messaging.system", "pubsub").With("messaging.destination", topic);
        return span.Context;
    }

    /// <summary>What is checked before the body is looked at.</summary>
    public PubSubComponent Find(string pubSubName, string topic)
    {
        if (components.Count == 0)
        {
            throw PubSubErrors.NotConfigured();
        }

        if (pubSubName.Length == 0)
        {
            throw PubSubErrors.NameEmpty();
        }

        if (!components.TryGetValue(pubSubName, out var component))
        {
            throw PubSubErrors.NotFound(pubSubName);
        }

        return topic.Length > 0 ? component : throw PubSubErrors.TopicEmpty(pubSubName);
    }

    private void Authorize(PubSubComponent component, string topic)
    {
        if (!component.Scopes.CanPublish(topic))
        {
            throw PubSubErrors.Forbidden(component.Name, topic, sidecar.AppId);
        }
    }

    private void RequireUniqueIds(string pubSubName, string topic, IReadOnlyList<BulkEntry> entries)
    {
        var ids = new HashSet<string>(entries.Count);
        if (!entries.All(entry => entry.EntryId.Length > 0 && ids.Add(entry.EntryId)))
        {
            throw PubSubErrors.Marshal(pubSubName, topic, sidecar.AppId, "entryId is duplicated or not present for entry");
        }
    }

    private Task AppendAsync(PubSubComponent component, string topic, IReadOnlyList<BrokerMessage> messages, CancellationToken cancellationToken)
    {
        var policy = sidecar.Policies.ForComponentOutbound(component.Name, PubSubComponent.Category);
        return policy.IsNone
            ? Broker.AppendAsync(component.Broker, topic, messages, cancellationToken)
            : policy.ExecuteAsync(
                async token =>
                {
                    await Broker.AppendAsync(component.Broker, topic, messages, token).ConfigureAwait(false);
                    return true;
                },
                cancellationToken: cancellationToken);
    }

    private BrokerMessage MessageOf(PublishRequest request)
    {
        var metadata = request.Metadata;
        var isRaw = PublishMetadata.IsRaw(metadata) ?? throw PubSubErrors.RawPayload(request.PubSubName, PublishMetadata.Find(metadata, "rawPayload")!);
        if (isRaw)
        {
            // Never as a CloudEvent, whatever the request says: nobody has looked at these bytes.
            return new BrokerMessage(request.Data.ToArray(), ContentTypes.Binary, metadata, Expires: null);
        }

        var now = sidecar.Shared.Time.GetUtcNow();
        var (json, expires) = ContentTypes.IsCloudEvent(request.ContentType) ? Complete(request, now) : Wrap(request, now);
        return new BrokerMessage(json, CloudEvent.ContentType, metadata, expires);
    }

    private (byte[] Json, DateTimeOffset? Expires) Complete(PublishRequest request, DateTimeOffset now)
    {
        try
        {
            return OwnCloudEvent.Complete(
                request.Data, request.PubSubName, request.Topic, request.Trace, now, now + PublishMetadata.TimeToLive(request.Metadata));
        }
        catch (JsonException e)
        {
            throw PubSubErrors.CloudEvent(request.PubSubName, sidecar.AppId, e.InJson());
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // A text with half a surrogate pair: JSON to the parser, but not to be written again.
            throw PubSubErrors.CloudEvent(request.PubSubName, sidecar.AppId, "invalid character in a text");
        }
    }

    private (byte[] Json, DateTimeOffset? Expires) Wrap(PublishRequest request, DateTimeOffset now)
    {
        var metadata = request.Metadata;
        var trace = PublishMetadata.Find(metadata, "cloudevent.traceparent") ?? PublishMetadata.Find(metadata, "cloudevent.traceid");
        var cloudEvent = new CloudEvent
        {
            Id = PublishMetadata.Find(metadata, "cloudevent.id") ?? Guid.NewGuid().ToString(),
            Source = PublishMetadata.Find(metadata, "cloudevent.source") ?? sidecar.AppId,
            Type = PublishMetadata.Find(metadata, "cloudevent.type") ?? CloudEvent.DefaultType,
            Subject = PublishMetadata.Find(metadata, "cloudevent.subject"),
            PubSubName = request.PubSubName,
            Topic = request.Topic,
            Time = now,
            Expiration = now + PublishMetadata.TimeToLive(metadata),
            Trace = new TraceContext(
                trace ?? request.Trace.TraceParent, PublishMetadata.Find(metadata, "cloudevent.tracestate") ?? request.Trace.TraceState),
            DataContentType = request.ContentType is { Length: > 0 } contentType ? contentType : CloudEvent.DefaultDataContentType,
            Data = request.Data,
        };
        return (cloudEvent.ToJson(), cloudEvent.Expiration);
    }
}
