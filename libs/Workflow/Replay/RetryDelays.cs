namespace Dapr.Workflow.Replay;

/// <summary>What a retry policy says after a failure.</summary>
internal static class RetryDelays
{
    /// <summary>Whether to call again, and after which delay.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="attempt">The attempt that failed, from 0.</param>
    /// <param name="elapsed">Time since the first attempt.</param>
    /// <param name="failure">The attempt's failure.</param>
    /// <param name="delay">The delay.</param>
    public static bool AllowsRetry(
        this WorkflowRetryPolicy policy, int attempt, TimeSpan elapsed, WorkflowTaskFailureDetails failure, out TimeSpan delay)
    {
        delay = TimeSpan.Zero;
        if (failure.IsNonRetriable
            || attempt + 1 >= policy.MaxNumberOfAttempts
            || (policy.RetryTimeout != Timeout.InfiniteTimeSpan && elapsed >= policy.RetryTimeout))
        {
            return false;
        }

        var limit = policy.MaxRetryInterval ?? TimeSpan.MaxValue;
        var ticks = policy.FirstRetryInterval.Ticks * Math.Pow(policy.BackoffCoefficient, attempt);
        delay = ticks < limit.Ticks ? TimeSpan.FromTicks((long)ticks) : limit;
        return delay > TimeSpan.Zero;
    }
}
