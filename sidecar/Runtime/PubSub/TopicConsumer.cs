using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>Delivers messages and gives a result for each; fails only with <see cref="OperationCanceledException"/>.</summary>
internal delegate Task<IReadOnlyList<DeliveryResult>> Deliver(IReadOnlyList<BrokerMessage> messages, CancellationToken cancellationToken);

/// <summary>
/// Takes the messages of one subscription from its group and has them delivered, so many at a time. While the app is not
/// healthy it takes none; a message that the app has not seen, or that was under way when the sidecar stopped, goes back.
/// </summary>
internal sealed partial class TopicConsumer : IDisposable
{
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly Sidecar _sidecar;
    private readonly Subscription _subscription;
    private readonly ConsumerGroup _group;
    private readonly PubSubComponent _component;
    private readonly ILogger _logger;
    private readonly Deliver _deliver;
    private readonly AppChannel? _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private Task _workers;

    /// <summary>Starts taking messages; <paramref name="app"/> is the app that must be healthy for it, null: none.</summary>
    public TopicConsumer(
        Sidecar sidecar, Subscription subscription, ConsumerGroup group, PubSubComponent component, Deliver deliver, AppChannel? app, ILogger logger)
    {
        _sidecar = sidecar;
        _subscription = subscription;
        _group = group;
        _component = component;
        _logger = logger;
        _deliver = deliver;
        _app = app;
        // One collector of batches: several would split what there is into small ones.
        var concurrency = subscription.Bulk is null ? component.ConcurrencyOf(subscription) : 1;
        _workers = Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(WorkAsync)));
    }

    /// <summary>Takes no more messages, gives those under way five seconds, and leaves the group.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        using (var drain = new CancellationTokenSource(s_drain, _sidecar.Shared.Time))
        {
            await _workers.WaitAsync(drain.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _aborting.CancelAsync().ConfigureAwait(false);
        await _workers.ConfigureAwait(false);
        await _group.LeaveAsync().ConfigureAwait(false);
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
                await (_app?.WaitUntilHealthyAsync(_stopping.Token) ?? Task.CompletedTask).ConfigureAwait(false);
                var messages = await TakeAsync().ConfigureAwait(false);
                if (_app?.IsHealthy is not false)
                {
                    await HandleAsync(messages).ConfigureAwait(false);
                }
                else
                {
                    messages.ForEach(_group.Return);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The subscription ends.
        }
    }

    private async Task<List<StoredMessage>> TakeAsync()
    {
        List<StoredMessage> messages = [await _group.TakeAsync(_stopping.Token).ConfigureAwait(false)];
        if (_subscription.Bulk is { } bulk)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(bulk.MaxAwaitDurationMs), _sidecar.Shared.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stopping.Token);
            try
            {
                while (messages.Count < bulk.MaxMessagesCount)
                {
                    messages.Add(await _group.TakeAsync(either.Token).ConfigureAwait(false));
                }
            }
            catch (OperationCanceledException)
            {
                // Those that have come are the batch.
            }
        }

        return messages;
    }

    private async Task HandleAsync(List<StoredMessage> messages)
    {
        try
        {
            var results = await _deliver([.. messages.Select(message => message.Message)], _aborting.Token).ConfigureAwait(false);
            foreach (var (message, result) in messages.Zip(results))
            {
                await EndAsync(message, result).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_aborting.IsCancellationRequested)
        {
            messages.ForEach(_group.Return);
        }
        catch (Exception e)
        {
            await ReturnAsync(messages, e).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(StoredMessage message, DeliveryResult result)
    {
        switch (result.Outcome)
        {
            case DeliveryOutcome.Done:
                _group.Finish(message);
                return;
            case DeliveryOutcome.Unreachable:
                _group.Return(message);
                return;
        }

        var deadLetterTopic = _subscription.DeadLetterTopic;
        LogEnd(
            result.Outcome == DeliveryOutcome.Failed ? LogLevel.Error : LogLevel.Warning,
            _sidecar.AppId,
            _subscription.PubSubName,
            _subscription.Topic,
            EventRequest.Attribute(message.Message.Data, "id"u8),
            deadLetterTopic is null ? "dropped (there is no dead-letter topic)" : $"moved to dead-letter topic {deadLetterTopic}",
            result.Reason);
        if (deadLetterTopic is null)
        {
            _group.Finish(message);
            return;
        }

        try
        {
            await _group.FinishAsync(
                message,
                session => _sidecar.Shared.Broker.Append(session, _component.Broker, deadLetterTopic, message.Message)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await ReturnAsync([message], e).ConfigureAwait(false);
        }
    }

    /// <summary>Nothing that goes wrong here (a full disk) may end the worker or lose the messages: they are tried again.</summary>
    private async Task ReturnAsync(List<StoredMessage> messages, Exception e)
    {
        LogUnexpected(e, _sidecar.AppId, _subscription.PubSubName, _subscription.Topic);
        await Task.Delay(s_pause, _sidecar.Shared.Time, _aborting.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        messages.ForEach(_group.Return);
    }

    [LoggerMessage("{AppId}: event {Id} of pubsub {PubSub}, topic {Topic} is {Action}: {Reason}")]
    private partial void LogEnd(LogLevel level, string appId, string pubSub, string topic, string? id, string action, string reason);

    [LoggerMessage(LogLevel.Error, "{AppId}: a message of pubsub {PubSub}, topic {Topic} could not be handled; it is tried again")]
    private partial void LogUnexpected(Exception e, string appId, string pubSub, string topic);
}
