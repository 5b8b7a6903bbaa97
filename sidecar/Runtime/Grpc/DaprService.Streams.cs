using Dapr.AppCallback.Autogen.Grpc.v1;
using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.PubSub;
using DaprShop.Sidecar.Resources;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

internal static partial class DaprService
{
    private static void BindStreams(Binder binder) =>
        binder.DuplexStreaming<SubscribeTopicEventsRequestAlpha1, SubscribeTopicEventsResponseAlpha1>("SubscribeTopicEventsAlpha1", SubscribeTopicEvents);

    private static async Task SubscribeTopicEvents(
        IAsyncStreamReader<SubscribeTopicEventsRequestAlpha1> requests,
        IServerStreamWriter<SubscribeTopicEventsResponseAlpha1> responses,
        ServerCallContext context)
    {
        if (!await requests.MoveNext(context.CancellationToken).ConfigureAwait(false) || requests.Current.InitialRequest is not { } initial)
        {
            throw PubSubErrors.StreamOrder("initial request is required");
        }

        var pubSub = SidecarOf(context).PubSub;
        var confirmed = new TaskCompletionSource();
        var stream = await pubSub.OpenStreamAsync(SubscriptionOf(initial), WriteAsync, context.CancellationToken).ConfigureAwait(false);
        try
        {
            await responses.WriteAsync(new SubscribeTopicEventsResponseAlpha1 { InitialResponse = new() }, context.CancellationToken).ConfigureAwait(false);
            confirmed.SetResult();
            var answers = ReadAnswersAsync(requests, stream, context.CancellationToken);
            if (await Task.WhenAny(answers, stream.WhenStopped).ConfigureAwait(false) != answers)
            {
                throw PubSubErrors.StreamStopped();
            }

            await answers.ConfigureAwait(false);
        }
        finally
        {
            confirmed.TrySetCanceled(CancellationToken.None);
            await pubSub.CloseAsync(stream).ConfigureAwait(false);
        }

        async Task WriteAsync(TopicEventRequest message)
        {
            await confirmed.Task.ConfigureAwait(false);
            await responses.WriteAsync(new SubscribeTopicEventsResponseAlpha1 { EventMessage = message }, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Completes when the client ends its side, or is gone.</summary>
    private static async Task ReadAnswersAsync(
        IAsyncStreamReader<SubscribeTopicEventsRequestAlpha1> requests, StreamSubscription stream, CancellationToken cancellationToken)
    {
        try
        {
            while (await requests.MoveNext(cancellationToken).ConfigureAwait(false))
            {
                if (requests.Current.EventProcessed is not { } processed)
                {
                    throw PubSubErrors.StreamOrder("duplicate initial request received");
                }

                stream.Subscriber.Answer(processed.Id, processed.Status?.Status ?? default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client went away.
        }
    }

    private static Subscription SubscriptionOf(SubscribeTopicEventsRequestInitialAlpha1 initial) => new()
    {
        PubSubName = initial.PubsubName,
        Topic = initial.Topic,
        Rules = [new SubscriptionRule("", "/")],
        DeadLetterTopic = initial.DeadLetterTopic is { Length: > 0 } dead ? dead : null,
        Metadata = new Dictionary<string, string>(initial.Metadata, StringComparer.OrdinalIgnoreCase),
        Streaming = true,
        Source = "SubscribeTopicEventsAlpha1",
    };
}
