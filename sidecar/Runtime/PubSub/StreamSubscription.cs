using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>A streaming subscription. It ends with its client's stream, or with the sidecar, whichever is first.</summary>
internal sealed class StreamSubscription(Subscription subscription, StreamSubscriber subscriber, TopicConsumer consumer)
{
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Task? _stopping;

    public Subscription Subscription => subscription;

    /// <summary>Where the client's answers go.</summary>
    public StreamSubscriber Subscriber => subscriber;

    /// <summary>Completes when no event comes any more.</summary>
    public Task WhenStopped => _stopped.Task;

    /// <summary>The client is gone: unanswered events are for others at once.</summary>
    public Task EndAsync()
    {
        var stopped = StopAsync();
        subscriber.End();
        return stopped;
    }

    /// <summary>Takes no more events and waits a while for the answers to those that are out.</summary>
    public Task StopAsync()
    {
        lock (_gate)
        {
            return _stopping ??= StopOnceAsync();
        }
    }

    private async Task StopOnceAsync()
    {
        try
        {
            await consumer.StopAsync().ConfigureAwait(false);
        }
        finally
        {
            consumer.Dispose();
            _stopped.TrySetResult();
        }
    }
}
