using System.Collections.Concurrent;
using Dapr.AppCallback.Autogen.Grpc.v1;
using DaprShop.Sidecar.Resources;
using static Dapr.AppCallback.Autogen.Grpc.v1.TopicEventResponse.Types;

namespace DaprShop.Sidecar.PubSub;

/// <summary>A stream as a subscriber: events go out on it, answers come back by the id of the event.</summary>
internal sealed class StreamSubscriber(Subscription subscription, Func<TopicEventRequest, Task> write) : IEventSubscriber, IDisposable
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<TopicEventResponseStatus>> _unanswered = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _ended = new();

    public async Task<DeliveryResult> SendAsync(
        BrokerMessage message, RoutedEvent routed, TraceContext trace, CancellationToken cancellationToken)
    {
        var request = TopicEvents.Single(subscription, routed);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        try
        {
            return TopicEvents.ResultOf(await AskAsync(request, either.Token).ConfigureAwait(false));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested
            && (_ended.IsCancellationRequested || e is IOException or InvalidOperationException or OperationCanceledException))
        {
            // Nobody has answered for the event: it goes to the next stream.
            return new DeliveryResult(DeliveryOutcome.Unreachable, "the stream has ended");
        }
    }

    /// <summary>Takes the client's answer; one that nobody waits for (any more) is left out.</summary>
    public void Answer(string id, TopicEventResponseStatus status)
    {
        if (_unanswered.TryGetValue(id, out var waiting))
        {
            waiting.TrySetResult(status);
        }
    }

    /// <summary>The client is gone: what it has not answered was not delivered.</summary>
    public void End() => _ended.Cancel();

    public void Dispose()
    {
        _ended.Dispose();
        _turn.Dispose();
    }

    private async Task<TopicEventResponseStatus> AskAsync(TopicEventRequest request, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<TopicEventResponseStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        // Ids are the publishers': two events may have the same, and an answer would not say which it means.
        while (!_unanswered.TryAdd(request.Id, answer))
        {
            if (_unanswered.TryGetValue(request.Id, out var other))
            {
                await ((Task)other.Task).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        try
        {
            await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            // A write that has begun is not broken off: half a message would end the stream.
            await WriteInTurnAsync(request).WaitAsync(cancellationToken).ConfigureAwait(false);
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _unanswered.TryRemove(request.Id, out _);
            answer.TrySetCanceled(CancellationToken.None);
        }
    }

    private async Task WriteInTurnAsync(TopicEventRequest request)
    {
        try
        {
            await write(request).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }
}
