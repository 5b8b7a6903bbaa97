using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace DaprShop.ServiceDefaults;

/// <summary>OpenTelemetry for a service, where somebody collects it; otherwise none of it is even loaded.</summary>
internal static class Telemetry
{
    /// <summary>OpenTelemetry's own variable for the collector's address; its other OTEL_ variables count too.</summary>
    private const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Sends spans and metrics of requests, in and out, by OTLP. The sidecar's spans lie between, in the same traces.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, string serviceName)
    {
        if (builder.Configuration[EndpointKey] is { Length: > 0 })
        {
            Export(builder.Services, serviceName);
        }
    }

    private static void Export(IServiceCollection services, string serviceName) => services.AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService(serviceName))
        .WithTracing(tracing => tracing
            .AddAspNetCoreInstrumentation(options => options.Filter = context => context.Request.Path is { Value: not ("/healthz" or "/readyz") })
            .AddHttpClientInstrumentation())
        .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation())
        .UseOtlpExporter();
}
