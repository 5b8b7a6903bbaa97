using DaprShop.Payments.Domain;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Telemetry;

namespace DaprShop.Payments.Cards;

internal static class CardProviderRegistration
{
    /// <summary>
    /// Adds the client with, from the outside in: a time-out of the whole, retries with jitter, a circuit breaker, a time-out of each
    /// attempt. The setting CARDPROVIDER_URL says where it is; the section CardProvider overrides what is set here.
    /// </summary>
    public static void AddCardProvider(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<ProviderCalls>();
        services.AddTransient<ProviderCallRecorder>();
        services.AddTransient<IPaymentMeans>(provider => provider.GetRequiredService<CardProviderClient>());
        var client = services.AddHttpClient<CardProviderClient>(http =>
        {
            http.BaseAddress = new Uri(configuration["CARDPROVIDER_URL"] ?? "http://127.0.0.1:5108");
            http.Timeout = Timeout.InfiniteTimeSpan;
        });
        client.AddStandardResilienceHandler(Configure).Configure((options, provider) =>
        {
            configuration.GetSection("CardProvider").Bind(options);
            Watch(options, provider.GetRequiredService<ProviderCalls>());
        });
        client.AddHttpMessageHandler<ProviderCallRecorder>();

        // A try that failed is retried and, if all do, told by the answer; the log is for what an operator should act on.
        services.Configure<TelemetryOptions>(telemetry => telemetry.SeverityProvider = happened =>
            happened.Event.EventName.Contains("Circuit", StringComparison.Ordinal) ? happened.Event.Severity : ResilienceEventSeverity.None);
    }

    private static void Configure(HttpStandardResilienceOptions options)
    {
        options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(15);
        options.Retry.MaxRetryAttempts = 3;
        options.Retry.BackoffType = DelayBackoffType.Exponential;
        options.Retry.UseJitter = true;
        options.Retry.Delay = TimeSpan.FromMilliseconds(200);
        options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(2);

        // Opens when half of ten or more calls failed; lets one call through after five seconds.
        options.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(30);
        options.CircuitBreaker.MinimumThroughput = 10;
        options.CircuitBreaker.FailureRatio = 0.5;
        options.CircuitBreaker.BreakDuration = TimeSpan.FromSeconds(5);
    }

    private static void Watch(HttpStandardResilienceOptions options, ProviderCalls calls)
    {
        options.CircuitBreaker.StateProvider = calls.Watch();
        options.CircuitBreaker.OnOpened = _ =>
        {
            calls.Opened();
            return ValueTask.CompletedTask;
        };
    }
}
