using System.Globalization;
using DaprShop.Sidecar.Observability;
using DaprShop.Sidecar.Resources;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace DaprShop.Sidecar.Resiliency;

/// <summary>Retry, circuit breaker and time-out of one target. <see cref="IsNone"/> lets hot paths skip it.</summary>
internal sealed partial class ResiliencyPolicy
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ExponentialLimit = TimeSpan.FromMinutes(15);
    private static readonly ResiliencePropertyKey<long> StartedKey = new("started");

    private readonly string _operation;
    private readonly RetrySpec? _retry;
    private readonly StatusCodes _httpCodes;
    private readonly StatusCodes _grpcCodes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline<Attempt>? _pipeline;
    private readonly Lazy<ResiliencyPolicy>? _withoutRetry;

    public ResiliencyPolicy(
        string operation, TimeSpan? timeout, RetrySpec? retry, CircuitBreaker? breaker, TimeProvider time, ILogger logger,
        PolicyMeters meters = default)
        : this(operation, retry, breaker, time, logger, meters)
    {
        var builder = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time };
        if (Retries)
        {
            builder.AddRetry(new RetryStrategyOptions<Attempt>
            {
                MaxRetryAttempts = retry!.MaxRetries < 0 ? int.MaxValue : retry.MaxRetries,
                ShouldHandle = arguments => ValueTask.FromResult(ShouldRetry(arguments.Context, arguments.Outcome)),
                DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(DelayOf(arguments.AttemptNumber)),
                OnRetry = OnRetryAsync,
            });
        }

        if (breaker is not null)
        {
            builder.AddStrategy(_ => new CircuitBreakerStrategy(breaker), new BreakerOptions());
        }

        if (timeout is { } limit && limit > TimeSpan.Zero)
        {
            builder.AddTimeout(new TimeoutStrategyOptions
            {
                Timeout = limit,
                OnTimeout = _ =>
                {
                    meters.Timeout?.Activated();
                    return default;
                },
            });
        }

        _pipeline = builder.Build();
        _withoutRetry = Retries
            ? new Lazy<ResiliencyPolicy>(() => timeout is null && breaker is null ? None : new(operation, timeout, null, breaker, time, logger, meters))
            : null;
    }

    private ResiliencyPolicy(
        string operation, RetrySpec? retry, CircuitBreaker? breaker, TimeProvider time, ILogger logger, PolicyMeters meters)
    {
        Meters = meters;
        _operation = operation;
        _retry = retry;
        _httpCodes = new StatusCodes(retry?.HttpStatusCodes);
        _grpcCodes = new StatusCodes(retry?.GrpcStatusCodes);
        _time = time;
        _logger = logger;
        Breaker = breaker;
    }

    /// <summary>No policy: <c>ExecuteAsync</c> runs the attempt and nothing else.</summary>
    public static ResiliencyPolicy None { get; } =
        new("", null, null, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, default);

    /// <summary>True when the target has no policy at all: the attempt is simply run once.</summary>
    public bool IsNone => _pipeline is null;

    /// <summary>True when the policy retries: the caller must then be able to repeat its request.</summary>
    public bool Retries => _retry is { MaxRetries: not 0 };

    /// <summary>The same breaker and time-out, for a request that cannot be repeated.</summary>
    public ResiliencyPolicy WithoutRetry => _withoutRetry?.Value ?? this;

    /// <summary>The target's circuit breaker; null when it has none.</summary>
    public CircuitBreaker? Breaker { get; }

    /// <summary>What the policy is counted by.</summary>
    public PolicyMeters Meters { get; }

    /// <summary>
    /// Runs <paramref name="attempt"/> under the policy. An attempt fails by throwing, or by a result for which
    /// <paramref name="statusOf"/> gives a failed status: HTTP outside 200 to 399, gRPC other than 0 (null is a success);
    /// matching lists judge that status. After the last try the last result is returned or the last exception rethrown, an
    /// earlier result that is <see cref="IAsyncDisposable"/> is disposed; an open breaker throws <see cref="CircuitOpenException"/>, a time-out
    /// <see cref="TimeoutException"/> ("context deadline exceeded"). A <see cref="DaprApiException"/> below 500 is a refusal: it
    /// is not retried and does not count against the breaker.
    /// </summary>
    public Task<T> ExecuteAsync<T>(
        Func<CancellationToken, Task<T>> attempt, Func<T, int?>? statusOf = null, CancellationToken cancellationToken = default) =>
        _pipeline is null ? attempt(cancellationToken) : RunAsync(_pipeline, attempt, statusOf, cancellationToken);

    private async Task<T> RunAsync<T>(
        ResiliencePipeline<Attempt> pipeline,
        Func<CancellationToken, Task<T>> attempt,
        Func<T, int?>? statusOf,
        CancellationToken cancellationToken)
    {
        var attempts = 0;
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(StartedKey, _time.GetTimestamp());
        Meters.Retry?.Applied();
        Meters.Timeout?.Applied();
        if (Breaker is not null)
        {
            Meters.Breaker?.Applied(ResiliencyMetrics.TextOf(Breaker.Snapshot().State));
        }

        try
        {
            var last = await pipeline.ExecuteAsync(
                async run =>
                {
                    attempts++;
                    var result = await attempt(run.CancellationToken);
                    return new Attempt(result, statusOf?.Invoke(result));
                },
                context);
            if (attempts > 1 && !last.Failed)
            {
                LogRecovered(_operation, attempts);
            }

            return (T)last.Result!;
        }
        catch (TimeoutRejectedException timeout)
        {
            throw new TimeoutException("context deadline exceeded", timeout);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private bool ShouldRetry(ResilienceContext context, in Outcome<Attempt> outcome)
    {
        if (_retry!.Exponential && _time.GetElapsedTime(context.Properties.GetValue(StartedKey, 0)) >= ExponentialLimit)
        {
            return false;
        }

        return outcome switch
        {
            { Result: { Failed: true, Status: { } status } } => status < 100 ? _grpcCodes.Contains(status) : _httpCodes.Contains(status),
            { Exception: CircuitOpenException } => false,
            { Exception: OperationCanceledException } => !context.CancellationToken.IsCancellationRequested,
            { Exception: DaprApiException failure } => !Failures.IsRefusal(failure) && _grpcCodes.Contains((int)failure.GrpcStatus),
            { Exception: not null } => true,
            _ => false,
        };
    }

    /// <summary>Exponential: half a second, growing by half each time, and each of them shortened or lengthened by up to half.</summary>
    private TimeSpan DelayOf(int attempt)
    {
        if (!_retry!.Exponential)
        {
            return _retry.Duration;
        }

        var interval = Math.Min(FirstInterval.TotalSeconds * Math.Pow(1.5, attempt), _retry.MaxInterval.TotalSeconds);
        return TimeSpan.FromSeconds(interval * (0.5 + Random.Shared.NextDouble()));
    }

    private async ValueTask OnRetryAsync(OnRetryArguments<Attempt> arguments)
    {
        if (arguments.Outcome.Result?.Result is IAsyncDisposable result)
        {
            await result.DisposeAsync();
        }

        Meters.Retry?.Activated();
        LogRetry(_operation, Text(arguments.RetryDelay), arguments.Outcome.Exception?.Message ?? $"status {arguments.Outcome.Result?.Status}");
    }

    private static string Text(TimeSpan duration) => duration < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms")
        : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s");

    [LoggerMessage(LogLevel.Warning, "Error processing operation {Operation}. Retrying in {Delay}... Error: {Reason}")]
    private partial void LogRetry(string operation, string delay, string reason);

    [LoggerMessage(LogLevel.Information, "Recovered processing operation {Operation} after {Attempts} attempts.")]
    private partial void LogRecovered(string operation, int attempts);

    private sealed class BreakerOptions : ResilienceStrategyOptions;
}

/// <summary>What the parts of a policy are counted by; null where there is no such part.</summary>
internal readonly record struct PolicyMeters(PolicyMeter? Timeout, PolicyMeter? Retry, PolicyMeter? Breaker);

/// <summary>The circuit is open, or half-open with too many requests; never retried.</summary>
internal sealed class CircuitOpenException(string message) : Exception(message);
