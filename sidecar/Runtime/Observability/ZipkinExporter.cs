using System.Buffers;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using OpenTelemetry;

namespace DaprShop.Sidecar.Observability;

/// <summary>Sends spans to Zipkin as its v2 JSON. OpenTelemetry has given up its own exporter; Dapr has not.</summary>
internal sealed class ZipkinExporter(Uri endpoint, string service) : BaseExporter<Activity>
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { Timeout = TimeSpan.FromSeconds(10) };

    public override ExportResult Export(in Batch<Activity> batch)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var span in batch)
            {
                Write(writer, span);
            }

            writer.WriteEndArray();
        }

        using var content = new ReadOnlyMemoryContent(buffer.WrittenMemory);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = content };
        try
        {
            // On the batch's own thread, which has nothing else to do.
            using var response = _http.Send(request);
            return response.IsSuccessStatusCode ? ExportResult.Success : ExportResult.Failure;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return ExportResult.Failure;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _http.Dispose();
        base.Dispose(disposing);
    }

    private void Write(Utf8JsonWriter writer, Activity span)
    {
        writer.WriteStartObject();
        writer.WriteString("traceId", span.TraceId.ToString());
        writer.WriteString("id", span.SpanId.ToString());
        if (span.ParentSpanId != default)
        {
            writer.WriteString("parentId", span.ParentSpanId.ToString());
        }

        writer.WriteString("name", span.DisplayName);
        writer.WriteString("kind", span.Kind is ActivityKind.Server ? "SERVER" : "CLIENT");
        writer.WriteNumber("timestamp", (span.StartTimeUtc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        writer.WriteNumber("duration", Math.Max(1, span.Duration.Ticks / TimeSpan.TicksPerMicrosecond));
        writer.WriteStartObject("localEndpoint");
        writer.WriteString("serviceName", service);
        writer.WriteEndObject();
        writer.WriteStartObject("tags");
        foreach (var (name, value) in span.TagObjects)
        {
            writer.WriteString(name, value?.ToString());
        }

        if (span.Status is ActivityStatusCode.Error)
        {
            writer.WriteString("error", span.StatusDescription ?? "true");
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
