using System.Reflection;
using System.Text.Json;
using Dapr;
using Dapr.AspNetCore;
using DaprShop.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DaprShop.ServiceDefaults;

/// <summary>
/// Events of one topic that the sidecar delivers in one request (Dapr bulk subscribe); a handler of
/// <see cref="BulkSubscriptions.MapTopicInBulk"/> takes it as a parameter and answers for each event.
/// </summary>
public sealed class EventBatch : IBindableFromHttpContext<EventBatch>
{
    private readonly IReadOnlyList<(string EntryId, CloudEvent<JsonElement>? Event)> _entries;

    private EventBatch(IReadOnlyList<(string EntryId, CloudEvent<JsonElement>? Event)> entries) => _entries = entries;

    /// <summary>Those that can be read, in the order in which they came.</summary>
    public IEnumerable<CloudEvent<JsonElement>> Events => _entries.Select(entry => entry.Event).OfType<CloudEvent<JsonElement>>();

    /// <summary>The answer to the sidecar. What cannot be read as an event is a dead letter.</summary>
    public BulkSubscribeAppResponse Answer(Func<CloudEvent<JsonElement>, EventOutcome> outcomeOf) => new(
    [
        .. _entries.Select(entry => new BulkSubscribeAppResponseEntry(
            entry.EntryId,
            Enum.Parse<BulkSubscribeAppResponseStatus>((entry.Event is { } received ? outcomeOf(received) : EventOutcome.Dropped).Status))),
    ]);

    static async ValueTask<EventBatch?> IBindableFromHttpContext<EventBatch>.BindAsync(HttpContext context, ParameterInfo parameter)
    {
        try
        {
            var message = await JsonSerializer.DeserializeAsync<BulkSubscribeMessage<JsonElement>>(
                context.Request.Body, ContractsJson.Options, context.RequestAborted);
            return new EventBatch([.. (message?.Entries ?? []).Select(entry => (entry.EntryId, Read(entry.Event)))]);
        }
        catch (JsonException notABatch)
        {
            throw new BadHttpRequestException("The events cannot be read", notABatch);
        }
    }

    private static CloudEvent<JsonElement>? Read(JsonElement entry)
    {
        try
        {
            return entry.ValueKind == JsonValueKind.Object ? entry.Deserialize<CloudEvent<JsonElement>>(ContractsJson.Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Maps subscriptions whose events come many at a time.</summary>
public static class BulkSubscriptions
{
    private const int MaxEvents = 100;

    // A batch is delivered when it is full, or this long after its first event.
    private const int MaxAwaitMilliseconds = 100;

    /// <summary>
    /// Subscribes to all events of a topic, with its dead-letter topic. The handler is one of minimal APIs; it takes an
    /// <see cref="EventBatch"/> and returns its answer. An exception means: deliver all of them again.
    /// </summary>
    public static void MapTopicInBulk(this IEndpointRouteBuilder app, string topic, Delegate handler)
    {
        app.ServiceProvider.GetRequiredService<SubscriptionList>().Map(app);
        app.MapPost($"/events/{topic}", handler)
            .WithTopic(new TopicOptions { PubsubName = Topics.PubSub, Name = topic, DeadLetterTopic = Topics.DeadLetters(topic) })
            .WithBulkSubscribe(new BulkSubscribeTopicOptions
            {
                TopicName = topic,
                MaxMessagesCount = MaxEvents,
                MaxAwaitDurationMs = MaxAwaitMilliseconds,
            })
            .WithMetadata(new RequestSizeLimitAttribute((long)MaxEvents * ServiceDefaultsExtensions.MaxRequestBody));
    }
}
