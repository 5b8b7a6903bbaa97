using System.Net.Http.Json;
using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Telemetry;

namespace DaprShop.Payments;

/// <summary>
/// The card company's API. A request that fails or takes too long is sent again under the same key, so it is carried out once.
/// </summary>
internal sealed class CardProviderClient(HttpClient http)
{
    /// <exception cref="DependencyUnavailableException">It is not known whether the card was charged: ask again with the same key.</exception>
    public Task<CardAnswer> ChargeAsync(string key, CardCharge charge, CancellationToken cancellationToken) =>
        SendAsync("charges", key, charge, cancellationToken);

    /// <exception cref="DependencyUnavailableException">It is not known whether the money was given back: ask again with the same key.</exception>
    public Task<CardAnswer> RefundAsync(string key, string chargeId, CardRefund refund, CancellationToken cancellationToken) =>
        SendAsync($"charges/{chargeId}/refunds", key, refund, cancellationToken);

    private async Task<CardAnswer> SendAsync<T>(string path, string key, T body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Headers.Add("Idempotency-Key", key);
            request.Content = JsonContent.Create(body, options: ContractsJson.Options);
            using var response = await http.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadFromJsonAsync<CardAnswer>(ContractsJson.Options, cancellationToken)
                ?? throw new JsonException("The answer is empty");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or ExecutionRejectedException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new DependencyUnavailableException("cardprovider", e.Message, e);
        }
    }
}

internal static class CardProviderRegistration
{
    /// <summary>
    /// Adds the client with, from the outside in: a time-out of the whole, retries with jitter, a circuit breaker, a time-out of each
    /// attempt. The setting CARDPROVIDER_URL says where it is; the section CardProvider overrides what is set here.
    /// </summary>
    public static void AddCardProvider(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHttpClient<CardProviderClient>(http =>
            {
                http.BaseAddress = new Uri(configuration["CARDPROVIDER_URL"] ?? "http://127.0.0.1:5108");
                http.Timeout = Timeout.InfiniteTimeSpan;
            })
            .AddStandardResilienceHandler(Configure)
            .Configure(options => configuration.GetSection("CardProvider").Bind(options));

        // A try that failed is retried and, if all do, told by the 503; the log is for what an operator should act on.
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
        options.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(30);
        options.CircuitBreaker.MinimumThroughput = 20;
        options.CircuitBreaker.FailureRatio = 0.5;
        options.CircuitBreaker.BreakDuration = TimeSpan.FromSeconds(5);
    }
}
