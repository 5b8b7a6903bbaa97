using System.Buffers;
using System.Net.Http.Headers;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>Writes the request that brings many events to the app.</summary>
internal static class BulkRequest
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    public static HttpRequestMessage Create(
        string path, Subscription subscription, bool isRaw, IEnumerable<BulkEvent> events)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = CloudEvent.CreateWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id", Guid.NewGuid());
            writer.WriteString("type", "com.dapr.event.sent.bulk");
            writer.WriteString("pubsubname", subscription.PubSubName);
            writer.WriteString("topic", subscription.Topic);
            writer.WriteStartObject("metadata");
            writer.WriteString("pubsubName", subscription.PubSubName);
            writer.WriteEndObject();
            writer.WriteStartArray("entries");
            foreach (var (id, message, body) in events)
            {
                writer.WriteStartObject();
                writer.WriteString("entryId", id);
                writer.WriteString("contentType", isRaw ? ContentTypes.Binary : CloudEvent.ContentType);
                writer.WriteStartObject("metadata");
                foreach (var (name, value) in message.Metadata)
                {
                    writer.WriteString(name, value);
                }

                writer.WriteEndObject();
                writer.WritePropertyName("event");
                if (isRaw)
                {
                    writer.WriteBase64StringValue(message.Data);
                }
                else
                {
                    writer.WriteRawValue(body, skipInputValidation: true);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        var content = new ReadOnlyMemoryContent(buffer.WrittenMemory);
        content.Headers.ContentType = s_json;
        return new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = content };
    }
}
