using System.Diagnostics;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Resiliency;

namespace DaprShop.Sidecar.PubSub;

/// <summary>Runs attempts to deliver under a component's inbound policy, and tells a failing app from one that is gone.</summary>
internal sealed class DeliveryAttempts(Sidecar sidecar, string pubSubName, string topic)
{
    private const int MaxBroken = 3;

    private readonly ResiliencyPolicy _policy = sidecar.Policies.ForComponentInbound(pubSubName, PubSubComponent.Category);

    /// <summary>Gives the outcome of the last attempt; fails only with <see cref="OperationCanceledException"/>.</summary>
    public async Task<DeliveryResult> RunAsync(Func<CancellationToken, Task<DeliveryResult>> attempt, CancellationToken cancellationToken)
    {
        for (var broken = 1; ; broken++)
        {
            var result = await RunOnceAsync(attempt, cancellationToken).ConfigureAwait(false);
            if (result.Outcome != DeliveryOutcome.Broken)
            {
                return result;
            }

            // An app that went down is found unreachable by the next try. One that is up and breaks the connection again and
            // again fails on this message, and must not get it for ever.
            if (broken == MaxBroken)
            {
                return result with { Outcome = DeliveryOutcome.Failed };
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100 * broken), sidecar.Shared.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<DeliveryResult> RunOnceAsync(Func<CancellationToken, Task<DeliveryResult>> attempt, CancellationToken cancellationToken)
    {
        try
        {
            return _policy.IsNone
                ? await AttemptAsync(cancellationToken).ConfigureAwait(false)
                : await _policy.ExecuteAsync(AttemptAsync, result => result.Status, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DeliveryFailedException or TimeoutException or CircuitOpenException)
        {
            return new DeliveryResult(DeliveryOutcome.Failed, e.Message);
        }

        async Task<DeliveryResult> AttemptAsync(CancellationToken token)
        {
            var (started, status) = (Stopwatch.GetTimestamp(), "retry");
            try
            {
                var result = await attempt(token).ConfigureAwait(false);
                status = result.Outcome switch
                {
                    DeliveryOutcome.Done => "success",
                    DeliveryOutcome.Dropped => "drop",
                    _ => "retry",
                };
                return result;
            }
            catch (AppUnreachableException e)
            {
                // No failure of the message, so nothing for the policy to count: it waits until the app is back.
                return new DeliveryResult(DeliveryOutcome.Unreachable, e.Message);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return new DeliveryResult(DeliveryOutcome.Broken, e.Message);
            }
            finally
            {
                sidecar.Metrics.Components.Delivered(pubSubName, topic, status, started);
            }
        }
    }
}
