using System.Collections.Concurrent;
using System.Text;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace DaprShop.Services.Tests.Telemetry;

[Collection(nameof(TelemetryTests))]
public sealed class TelemetryTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    private readonly ConcurrentQueue<(string Path, byte[] Body)> _collected = new();

    [Fact]
    public async Task With_a_collector_a_service_sends_it_spans_and_metrics_of_its_requests()
    {
        await using var collector = await CollectorAsync();
        await using (var service = await ServiceAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Urls.Single()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")))
        {
            // A client of another process: in this one, clients are measured, too.
            using var http = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = new Uri(service.Urls.Single()) };
            http.DefaultRequestHeaders.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
            await http.GetStringAsync("/ping");
            await http.GetStringAsync("/healthz");
        }

        var spans = _collected.Where(request => request.Path == "/v1/traces").SelectMany(request => request.Body).ToArray();
        Assert.Contains(Convert.ToHexStringLower(Convert.FromHexString(TraceId)), Convert.ToHexStringLower(spans), StringComparison.Ordinal);
        var text = Encoding.Latin1.GetString(spans);
        Assert.Contains("stationery", text, StringComparison.Ordinal);
        Assert.Contains("/ping", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/healthz", text, StringComparison.Ordinal);
        Assert.Contains(_collected, request => request.Path == "/v1/metrics" && Encoding.Latin1.GetString(request.Body).Contains("http.server.request.duration", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_collector_nothing_is_measured()
    {
        await using var service = await ServiceAsync();

        Assert.Null(service.Services.GetService<TracerProvider>());
    }

    private static async Task<WebApplication> ServiceAsync(params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["APP_PORT"] = $"{Shop.FreePort()}";
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = null;
        foreach (var (name, value) in settings)
        {
            builder.Configuration[name] = value;
        }

        builder.AddServiceDefaults("stationery");
        builder.Logging.ClearProviders();
        var service = builder.Build();
        service.MapServiceDefaults();
        service.MapGet("/ping", () => "pong");
        await service.StartAsync();
        return service;
    }

    private async Task<WebApplication> CollectorAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = builder.Build();
        collector.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            _collected.Enqueue((request.Path, body.ToArray()));
            return Results.Bytes([], "application/x-protobuf");
        });
        await collector.StartAsync();
        return collector;
    }
}

/// <summary>What is measured is measured in the whole process, so no other test may run meanwhile.</summary>
[CollectionDefinition(nameof(TelemetryTests), DisableParallelization = true)]
public sealed class AloneInTheProcess;
