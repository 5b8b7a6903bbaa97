namespace DaprShop.Sidecar.Resiliency;

/// <summary>API calls to a component under its outbound policy.</summary>
internal static class ComponentCalls
{
    /// <summary>
    /// Runs <paramref name="call"/> under the policy. A time-out and an open breaker become <paramref name="failure"/>, the
    /// block's own error with their text; what the call throws goes through unchanged.
    /// </summary>
    public static Task<T> CallAsync<T>(
        this ResiliencyPolicy policy,
        Func<CancellationToken, Task<T>> call,
        Func<string, DaprApiException> failure,
        CancellationToken cancellationToken) =>
        policy.IsNone ? call(cancellationToken) : RunAsync(policy, call, failure, cancellationToken);

    private static async Task<T> RunAsync<T>(
        ResiliencyPolicy policy,
        Func<CancellationToken, Task<T>> call,
        Func<string, DaprApiException> failure,
        CancellationToken cancellationToken)
    {
        try
        {
            return await policy.ExecuteAsync(call, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or CircuitOpenException)
        {
            throw failure(e.Message);
        }
    }
}
