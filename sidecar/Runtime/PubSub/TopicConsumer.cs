using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>
/// Takes the messages of one subscription from its group and has them delivered, so many at a time. While the app is not
/// healthy it takes none; a message that the app has not seen, or that was under way when the sidecar stopped, goes back.
/// </summary>
internal sealed partial class TopicConsumer(
    Sidecar sidecar, Subscription subscription, ConsumerGroup group, EventDelivery delivery, int concurrency, ILogger logger) : IDisposable
{
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private Task _workers = Task.CompletedTask;

    public void Start() => _workers = Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(WorkAsync)));

    /// <summary>Takes no more messages, gives those under way five seconds, and leaves the group.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        using (var drain = new CancellationTokenSource(s_drain, sidecar.Shared.Time))
        {
            await _workers.WaitAsync(drain.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _aborting.CancelAsync().ConfigureAwait(false);
        await _workers.ConfigureAwait(false);
        await group.LeaveAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _aborting.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                await sidecar.App.WaitUntilHealthyAsync(_stopping.Token).ConfigureAwait(false);
                var message = await group.TakeAsync(_stopping.Token).ConfigureAwait(false);
                if (sidecar.App.IsHealthy)
                {
                    await HandleAsync(message).ConfigureAwait(false);
                }
                else
                {
                    group.Return(message);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The subscription ends.
        }
    }

    private async Task HandleAsync(StoredMessage message)
    {
        try
        {
            var result = await delivery.DeliverAsync(message.Message, _aborting.Token).ConfigureAwait(false);
            await EndAsync(message, result).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_aborting.IsCancellationRequested)
        {
            group.Return(message);
        }
        catch (Exception e)
        {
            // The disk is full, for example: the message stays unfinished and the worker must not die.
            LogUnexpected(e, sidecar.AppId, subscription.PubSubName, subscription.Topic);
            await Task.Delay(s_pause, sidecar.Shared.Time, _aborting.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            group.Return(message);
        }
    }

    private async Task EndAsync(StoredMessage message, DeliveryResult result)
    {
        switch (result.Outcome)
        {
            case DeliveryOutcome.Done:
                group.Finish(message);
                return;
            case DeliveryOutcome.Unreachable:
                group.Return(message);
                return;
        }

        var deadLetterTopic = subscription.DeadLetterTopic;
        LogEnd(
            result.Outcome == DeliveryOutcome.Failed ? LogLevel.Error : LogLevel.Warning,
            sidecar.AppId,
            subscription.PubSubName,
            subscription.Topic,
            message.Id,
            deadLetterTopic is null ? "dropped (there is no dead-letter topic)" : $"moved to dead-letter topic {deadLetterTopic}",
            result.Reason);
        if (deadLetterTopic is null)
        {
            group.Finish(message);
        }
        else
        {
            await group.FinishAsync(
                message,
                session => sidecar.Shared.Broker.Append(session, subscription.PubSubName, deadLetterTopic, message.Message)).ConfigureAwait(false);
        }
    }

    [LoggerMessage("{AppId}: message {Id} of pubsub {PubSub}, topic {Topic} is {Action}: {Reason}")]
    private partial void LogEnd(LogLevel level, string appId, string pubSub, string topic, long id, string action, string reason);

    [LoggerMessage(LogLevel.Error, "{AppId}: a message of pubsub {PubSub}, topic {Topic} could not be handled; it is tried again")]
    private partial void LogUnexpected(Exception e, string appId, string pubSub, string topic);
}
