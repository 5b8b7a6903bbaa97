using Dapr.Workflow;

namespace DaprShop.Orders.Saga;

/// <summary>
/// Durable pauses between two askings of the same thing, each twice as long as the one before. Fixed like <see cref="RetryPolicies"/>.
/// </summary>
internal sealed class Pauses(TimeSpan longest)
{
    /// <summary>For a payment that is pending.</summary>
    public static Pauses ForPayment => new(TimeSpan.FromMinutes(1));

    /// <summary>For what only a human can settle.</summary>
    public static Pauses ForOperator => new(TimeSpan.FromMinutes(5));

    /// <summary>The pause that is due now.</summary>
    public TimeSpan Next { get; private set; } = TimeSpan.FromSeconds(1);

    /// <summary>Waits for the pause, or until something else happens before.</summary>
    public async Task WaitAsync(WorkflowContext context, Task? orUntil = null)
    {
        using var stop = new CancellationTokenSource();
        var timer = context.CreateTimer(Next, stop.Token);
        await (orUntil is null ? timer : Task.WhenAny(timer, orUntil));
        if (!timer.IsCompleted)
        {
            // Not asynchronously: a workflow awaits nothing but what its context gives it.
            stop.Cancel();
        }

        Next = Next * 2 < longest ? Next * 2 : longest;
    }
}
