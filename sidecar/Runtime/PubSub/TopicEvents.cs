using System.Buffers;
using System.Text;
using System.Text.Json;
using Dapr.AppCallback.Autogen.Grpc.v1;
using DaprShop.Sidecar.Resources;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using static Dapr.AppCallback.Autogen.Grpc.v1.TopicEventResponse.Types;

namespace DaprShop.Sidecar.PubSub;

/// <summary>Events as gRPC subscribers get them: the CloudEvent's attributes as fields, its data as bytes.</summary>
internal static class TopicEvents
{
    private static readonly JsonDocumentOptions s_jsonOptions = new() { MaxDepth = CloudEvent.MaxDepth };

    /// <summary>Throws <see cref="DeliveryFailedException"/> for an event that has no such form.</summary>
    public static TopicEventRequest Single(Subscription subscription, RoutedEvent routed)
    {
        var read = Read(routed.Body);
        return new TopicEventRequest
        {
            Id = read.Id,
            Source = read.Source,
            Type = read.Type,
            SpecVersion = read.SpecVersion,
            DataContentType = read.DataContentType,
            Data = read.Data,
            Extensions = read.Extensions,
            Topic = subscription.Topic,
            PubsubName = subscription.PubSubName,
            Path = routed.Path,
        };
    }

    public static TopicEventBulkRequest Bulk(Subscription subscription, bool isRaw, string path, IEnumerable<BulkEvent> events) => new()
    {
        Id = Guid.NewGuid().ToString(),
        Entries = { events.Select(entry => EntryOf(entry, isRaw)) },
        Metadata = { ["pubsubName"] = subscription.PubSubName },
        Topic = subscription.Topic,
        PubsubName = subscription.PubSubName,
        Type = "com.dapr.event.sent.bulk",
        Path = path,
    };

    /// <summary>What a subscriber's status means, as <see cref="AppAnswer"/> has it for HTTP.</summary>
    public static DeliveryResult ResultOf(TopicEventResponseStatus status) => status switch
    {
        TopicEventResponseStatus.Success => DeliveryResult.Done,
        TopicEventResponseStatus.Drop => new DeliveryResult(DeliveryOutcome.Dropped, "the app answered DROP"),
        TopicEventResponseStatus.Retry => throw new DeliveryFailedException("the app answered RETRY"),
        _ => throw new DeliveryFailedException($"the app answered an unknown status: {status}"),
    };

    /// <summary>The status in the words of the HTTP protocol; null for one that is unknown.</summary>
    public static string? WordOf(TopicEventResponseStatus status) => status switch
    {
        TopicEventResponseStatus.Success => "SUCCESS",
        TopicEventResponseStatus.Drop => "DROP",
        TopicEventResponseStatus.Retry => "RETRY",
        _ => null,
    };

    private static TopicEventBulkRequestEntry EntryOf(BulkEvent entry, bool isRaw)
    {
        var message = new TopicEventBulkRequestEntry { EntryId = entry.Id };
        message.Metadata.Add(entry.Message.Metadata.ToDictionary());
        if (isRaw)
        {
            message.ContentType = ContentTypes.Binary;
            message.Bytes = UnsafeByteOperations.UnsafeWrap(entry.Message.Data);
        }
        else
        {
            message.ContentType = CloudEvent.ContentType;
            message.CloudEvent = Read(entry.Body);
        }

        return message;
    }

    private static TopicEventCERequest Read(byte[] cloudEvent)
    {
        try
        {
            using var document = JsonDocument.Parse(cloudEvent, s_jsonOptions);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or InvalidProtocolBufferException)
        {
            throw new DeliveryFailedException($"it has no form as a gRPC event: {e.Message}");
        }
    }

    private static TopicEventCERequest Read(JsonElement cloudEvent)
    {
        var read = new TopicEventCERequest();
        var extensions = new ArrayBufferWriter<byte>();
        using (var writer = CloudEvent.CreateWriter(extensions))
        {
            writer.WriteStartObject();
            foreach (var attribute in cloudEvent.EnumerateObject())
            {
                if (!TryTake(read, attribute))
                {
                    attribute.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        read.Data = DataOf(cloudEvent, read.DataContentType);
        read.Extensions = Struct.Parser.ParseJson(Encoding.UTF8.GetString(extensions.WrittenSpan));
        return read;
    }

    /// <summary>False for an attribute that has no field of its own.</summary>
    private static bool TryTake(TopicEventCERequest into, JsonProperty attribute)
    {
        switch (attribute.Name)
        {
            case "id":
                into.Id = TextOf(attribute.Value);
                return true;
            case "source":
                into.Source = TextOf(attribute.Value);
                return true;
            case "type":
                into.Type = TextOf(attribute.Value);
                return true;
            case "specversion":
                into.SpecVersion = TextOf(attribute.Value);
                return true;
            case "datacontenttype":
                into.DataContentType = TextOf(attribute.Value);
                return true;
            default:
                return attribute.Name is "data" or "data_base64";
        }
    }

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>Binary data decoded, JSON as it stands, and any other text without its quotes.</summary>
    private static ByteString DataOf(JsonElement cloudEvent, string contentType)
    {
        if (cloudEvent.TryGetProperty("data_base64", out var binary) && binary.ValueKind != JsonValueKind.Null)
        {
            return UnsafeByteOperations.UnsafeWrap(binary.GetBytesFromBase64());
        }

        if (!cloudEvent.TryGetProperty("data", out var data) || data.ValueKind == JsonValueKind.Null)
        {
            return ByteString.Empty;
        }

        var isJson = contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)
            || contentType.StartsWith(CloudEvent.ContentType, StringComparison.OrdinalIgnoreCase);
        return ByteString.CopyFromUtf8(data.ValueKind == JsonValueKind.String && !isJson ? data.GetString()! : data.GetRawText());
    }
}
