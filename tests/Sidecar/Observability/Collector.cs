using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using DaprShop.Sidecar.Tests.Observability.Otlp;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DaprShop.Sidecar.Tests.Observability;

/// <summary>A span as a collector got it; ids in hexadecimal.</summary>
internal sealed record CollectedSpan(string Service, string Name, string TraceId, string Id, string ParentId, IReadOnlyDictionary<string, string> Tags);

/// <summary>A collector of spans: OTLP over gRPC and over HTTP (protobuf), and Zipkin's JSON.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private WebApplication _app = null!;

    private Collector()
    {
    }

    public ConcurrentQueue<CollectedSpan> Spans { get; } = [];

    public ConcurrentQueue<string> Tokens { get; } = [];

    /// <summary>Host and port for HTTP, then for gRPC.</summary>
    public string HttpAddress => Addresses[0];

    public string GrpcAddress => Addresses[1];

    private string[] Addresses =>
        [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(url => new Uri(url).Authority)];

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var collector = new Collector();
        builder.Services.AddSingleton(collector).AddGrpc();
        var app = collector._app = builder.Build();
        app.MapPost("/v1/traces", collector.TakeOtlpAsync);
        app.MapPost("/api/v2/spans", collector.TakeZipkinAsync);
        app.MapGrpcService<OtlpService>();
        await app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Take(ExportTraceServiceRequest request, string token)
    {
        Tokens.Enqueue(token);
        foreach (var resource in request.ResourceSpans)
        {
            var service = Texts(resource.Resource.Attributes)["service.name"];
            foreach (var span in resource.ScopeSpans.SelectMany(scope => scope.Spans))
            {
                Spans.Enqueue(new CollectedSpan(
                    service, span.Name, Hex(span.TraceId), Hex(span.SpanId), Hex(span.ParentSpanId), Texts(span.Attributes)));
            }
        }
    }

    private async Task<IResult> TakeOtlpAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        Take(ExportTraceServiceRequest.Parser.ParseFrom(body.ToArray()), request.Headers["x-token"].ToString());
        return Results.Bytes(new ExportTraceServiceResponse().ToByteArray(), "application/x-protobuf");
    }

    private async Task<IResult> TakeZipkinAsync(HttpRequest request)
    {
        foreach (var span in (await JsonDocument.ParseAsync(request.Body)).RootElement.EnumerateArray())
        {
            Spans.Enqueue(new CollectedSpan(
                span.GetProperty("localEndpoint").GetProperty("serviceName").GetString()!,
                span.GetProperty("name").GetString()!,
                span.GetProperty("traceId").GetString()!,
                span.GetProperty("id").GetString()!,
                span.TryGetProperty("parentId", out var parent) ? parent.GetString()! : "",
                span.TryGetProperty("tags", out var tags) ? tags.EnumerateObject().ToDictionary(tag => tag.Name, tag => tag.Value.ToString()) : []));
        }

        return Results.Accepted();
    }

    private static Dictionary<string, string> Texts(IEnumerable<KeyValue> attributes) => attributes.ToDictionary(
        attribute => attribute.Key,
        attribute => attribute.Value.ValueCase == AnyValue.ValueOneofCase.StringValue ? attribute.Value.StringValue : attribute.Value.ToString());

    private static string Hex(ByteString id) => Convert.ToHexStringLower(id.Span);

    private sealed class OtlpService(Collector collector) : TraceService.TraceServiceBase
    {
        public override Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context)
        {
            collector.Take(request, context.RequestHeaders.GetValue("x-token") ?? "");
            return Task.FromResult(new ExportTraceServiceResponse());
        }
    }
}
