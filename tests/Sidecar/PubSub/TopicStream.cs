using Dapr.AppCallback.Autogen.Grpc.v1;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Grpc.Net.Client;
using static Dapr.AppCallback.Autogen.Grpc.v1.TopicEventResponse.Types;

namespace DaprShop.Sidecar.Tests.PubSub;

/// <summary>A streaming subscription as a client opens it.</summary>
internal sealed class TopicStream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<SubscribeTopicEventsRequestAlpha1, SubscribeTopicEventsResponseAlpha1> _call;

    public TopicStream(Uri sidecar)
    {
        _channel = GrpcChannel.ForAddress(sidecar);
        _call = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(_channel).SubscribeTopicEventsAlpha1();
    }

    /// <summary>Opens a subscription and waits until the sidecar has confirmed it.</summary>
    public static async Task<TopicStream> OpenAsync(SidecarFixture dapr, string topic, string deadLetterTopic = "", string pubSub = "pubsub")
    {
        var stream = new TopicStream(dapr.Endpoint("shop").GrpcEndpoint);
        await stream.WriteAsync(Initial(pubSub, topic, deadLetterTopic));
        Assert.NotNull((await stream.ReadAsync()).InitialResponse);
        return stream;
    }

    public static SubscribeTopicEventsRequestAlpha1 Initial(string pubSub, string topic, string deadLetterTopic = "") => new()
    {
        InitialRequest = new SubscribeTopicEventsRequestInitialAlpha1 { PubsubName = pubSub, Topic = topic, DeadLetterTopic = deadLetterTopic },
    };

    public Task WriteAsync(SubscribeTopicEventsRequestAlpha1 message) => _call.RequestStream.WriteAsync(message);

    /// <summary>The next message; throws when the sidecar ended the stream.</summary>
    public async Task<SubscribeTopicEventsResponseAlpha1> ReadAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await _call.ResponseStream.MoveNext(timeout.Token)
            ? _call.ResponseStream.Current
            : throw new InvalidOperationException("the stream has ended");
    }

    public async Task<TopicEventRequest> NextAsync() =>
        (await ReadAsync()).EventMessage ?? throw new InvalidOperationException("no event");

    /// <summary>The next event's data, which is answered.</summary>
    public async Task<string> TakeAsync(TopicEventResponseStatus status = TopicEventResponseStatus.Success)
    {
        var message = await NextAsync();
        await AnswerAsync(message.Id, status);
        return message.Data.ToStringUtf8();
    }

    public Task AnswerAsync(string id, TopicEventResponseStatus status) => WriteAsync(new SubscribeTopicEventsRequestAlpha1
    {
        EventProcessed = new SubscribeTopicEventsRequestProcessedAlpha1 { Id = id, Status = new TopicEventResponse { Status = status } },
    });

    public Task CompleteAsync() => _call.RequestStream.CompleteAsync();

    public void Dispose()
    {
        _call.Dispose();
        _channel.Dispose();
    }
}
