using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Resiliency;

/// <summary>
/// The policies of one app's Resiliency resources, per target. A policy nests as in Dapr: retry outermost, then circuit
/// breaker, then a time-out per attempt. Breakers live as long as the sidecar.
/// </summary>
internal sealed class ResiliencyPolicies(IReadOnlyList<ResiliencySpec> specs, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>Calls to another app: one breaker per app id and endpoint.</summary>
    public ResiliencyPolicy ForApp(string appId, string endpoint) => throw new NotImplementedException($"{specs}{time}{loggers}{appId}{endpoint}");

    /// <summary>API calls to a component. <paramref name="category"/> is the type's first part: state, pubsub, secretstores, ….</summary>
    public ResiliencyPolicy ForComponentOutbound(string name, string category) => throw new NotImplementedException();

    /// <summary>Delivery of a component's messages to the app.</summary>
    public ResiliencyPolicy ForComponentInbound(string name, string category) => throw new NotImplementedException();
}

/// <summary>Retry, circuit breaker and time-out of one target. <see cref="IsNone"/> lets hot paths skip it.</summary>
internal abstract class ResiliencyPolicy
{
    /// <summary>True when the target has no policy at all: the attempt is simply run once.</summary>
    public abstract bool IsNone { get; }

    /// <summary>True when the policy retries: the caller must then be able to repeat its request.</summary>
    public abstract bool Retries { get; }

    /// <summary>
    /// Runs <paramref name="attempt"/> under the policy. An attempt fails by throwing, or by a result for which
    /// <paramref name="statusOf"/> gives a failed status (HTTP: outside 200 to 399; null: success); matching lists judge that
    /// status. After the last try the last result is returned or the last exception rethrown; an open breaker throws
    /// <see cref="CircuitOpenException"/>, a time-out <see cref="TimeoutException"/> ("context deadline exceeded").
    /// </summary>
    public abstract Task<T> ExecuteAsync<T>(
        Func<CancellationToken, Task<T>> attempt, Func<T, int?>? statusOf = null, CancellationToken cancellationToken = default);
}

/// <summary>The circuit is open, or half-open with too many requests; never retried.</summary>
internal sealed class CircuitOpenException(string message) : Exception(message);
