namespace Dapr.Workflow;

/// <summary>Fan-out with a limit (Dapr Workflow API).</summary>
public static class ParallelExtensions
{
    /// <summary>Runs a task for each input, at most <paramref name="maxConcurrency"/> at a time; the next begins when one ends.</summary>
    /// <typeparam name="TInput">The type of the inputs.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="context">The workflow's context.</param>
    /// <param name="inputs">The inputs; read to the end before the first task begins.</param>
    /// <param name="taskFactory">Begins the task of an input, usually a call of an activity.</param>
    /// <param name="maxConcurrency">How many tasks may run at a time; at least 1.</param>
    /// <returns>The results in the order of the inputs.</returns>
    /// <exception cref="AggregateException">Tasks failed; it holds all their exceptions. The others have run to their end.</exception>
    public static async Task<TResult[]> ProcessInParallelAsync<TInput, TResult>(
        this WorkflowContext context, IEnumerable<TInput> inputs, Func<TInput, Task<TResult>> taskFactory, int maxConcurrency = 5)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(taskFactory);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxConcurrency);

        TInput[] pending = [.. inputs];
        var results = new TResult[pending.Length];
        var failures = new List<Exception>();
        var next = 0;
        // A workflow has one thread, so the lanes share these variables without a lock and in the same order on every replay.
        await Task.WhenAll(Enumerable.Range(0, Math.Min(maxConcurrency, pending.Length)).Select(_ => RunLaneAsync()));
        return failures.Count == 0 ? results : throw new AggregateException(failures);

        async Task RunLaneAsync()
        {
            while (next < pending.Length)
            {
                var index = next++;
                try
                {
                    results[index] = await taskFactory(pending[index]);
                }
                catch (Exception exception)
                {
                    failures.Add(exception);
                }
            }
        }
    }
}
