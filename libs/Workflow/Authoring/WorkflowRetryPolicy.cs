namespace Dapr.Workflow;

/// <summary>
/// When a failed activity or child workflow is called again (Dapr Workflow API). The delays are durable timers of the workflow, so they
/// survive a restart.
/// </summary>
public class WorkflowRetryPolicy
{
    /// <summary>Creates a policy.</summary>
    /// <param name="maxNumberOfAttempts">Calls in all, the first included; above 0.</param>
    /// <param name="firstRetryInterval">Delay before the second attempt; above zero.</param>
    /// <param name="backoffCoefficient">What each further delay is multiplied by; at least 1.</param>
    /// <param name="maxRetryInterval">Longest delay; at least the first one. Null: no limit.</param>
    /// <param name="retryTimeout">
    /// No further attempt once this has passed since the first one; at least the first delay. Null or infinite: no limit.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public WorkflowRetryPolicy(
        int maxNumberOfAttempts,
        TimeSpan firstRetryInterval,
        double backoffCoefficient = 1.0,
        TimeSpan? maxRetryInterval = null,
        TimeSpan? retryTimeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNumberOfAttempts);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(firstRetryInterval, TimeSpan.Zero);
        // Written so that NaN is refused too.
        if (!(backoffCoefficient >= 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(backoffCoefficient), backoffCoefficient, "The back-off coefficient must be at least 1.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(maxRetryInterval ?? TimeSpan.FromHours(1), firstRetryInterval, nameof(maxRetryInterval));
        var timeout = retryTimeout ?? Timeout.InfiniteTimeSpan;
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, firstRetryInterval, nameof(retryTimeout));
        }

        MaxNumberOfAttempts = maxNumberOfAttempts;
        FirstRetryInterval = firstRetryInterval;
        BackoffCoefficient = backoffCoefficient;
        MaxRetryInterval = maxRetryInterval;
        RetryTimeout = timeout;
    }

    /// <summary>Calls in all, the first included.</summary>
    public int MaxNumberOfAttempts { get; }

    /// <summary>Delay before the second attempt.</summary>
    public TimeSpan FirstRetryInterval { get; }

    /// <summary>What each further delay is multiplied by.</summary>
    public double BackoffCoefficient { get; }

    /// <summary>Longest delay; null is no limit.</summary>
    public TimeSpan? MaxRetryInterval { get; }

    /// <summary>No further attempt once this has passed since the first one; <see cref="Timeout.InfiniteTimeSpan"/> is no limit.</summary>
    public TimeSpan RetryTimeout { get; }
}
