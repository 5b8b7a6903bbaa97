using System.Net;
using DaprShop.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DaprShop.ServiceDefaults;

/// <summary>What every service of the shop starts with.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Largest request body, in bytes.</summary>
    public const int MaxRequestBody = 1024 * 1024;

    /// <summary>Name of the service, known to those that need it (the source of its events).</summary>
    internal const string ServiceNameKey = "ServiceName";

    /// <summary>
    /// Listens on 127.0.0.1:APP_PORT (when it is set), speaks the contracts' JSON, answers every error with problem details, logs one line
    /// an entry, and adds a <c>DaprClient</c> and <see cref="TimeProvider"/>. DAPR_HTTP_PORT and DAPR_GRPC_PORT say where the sidecar is;
    /// where APP_API_TOKEN is set, only who knows it, which is the sidecar, may call.
    /// </summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string serviceName)
    {
        builder.Configuration[ServiceNameKey] = serviceName;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBody;
            if (builder.Configuration.GetValue<int?>("APP_PORT") is { } port)
            {
                kestrel.Listen(IPAddress.Loopback, port);
            }
        });

        AddLogging(builder.Logging);
        builder.Services.ConfigureHttpJsonOptions(options => ContractsJson.Configure(options.SerializerOptions));
        builder.Services.AddProblems();
        builder.Services.AddOpenApi(api => api.ShouldInclude = route => !IsOfSidecar(route.RelativePath ?? ""));
        builder.Services.AddDapr(builder.Configuration);
        builder.AddTelemetry(serviceName);
        builder.Services.AddSingleton<SubscriptionList>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        return builder;
    }

    /// <summary>
    /// Error handling, <c>/healthz</c> (the process answers), <c>/readyz</c> (its sidecar does too), and <c>/openapi/v1.json</c>, which the
    /// gateway makes the shop's document of.
    /// </summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.UseProblems();
        app.MapGet("/healthz", () => TypedResults.Ok()).ExcludeFromDescription();
        app.MapGet("/readyz", ReadyAsync).ExcludeFromDescription();
        if (app.Configuration[ServiceNameKey] != AppIds.Gateway)
        {
            app.UseAppToken();
            app.MapOpenApi();
        }

        return app;
    }

    // Subscriptions and their handlers.
    private static bool IsOfSidecar(string path) =>
        path.StartsWith("events/", StringComparison.Ordinal) || path.StartsWith("dapr/", StringComparison.Ordinal);

    private static async Task<Results<Ok, StatusCodeHttpResult>> ReadyAsync(Dapr.Client.DaprClient dapr, CancellationToken cancellationToken) =>
        await dapr.CheckOutboundHealthAsync(cancellationToken)
            ? TypedResults.Ok()
            : TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);

    // Warnings only from what logs every request (a log line costs more than the request it tells of) and every start.
    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        string[] noisy = ["Microsoft", "System", "Grpc", "Polly", "Dapr.Workflow"];
        foreach (var category in noisy)
        {
            logging.AddFilter(category, LogLevel.Warning);
        }

        // What a proxy warns of is answered, and logged, as a problem.
        logging.AddFilter("Yarp", LogLevel.Error);
    }
}
