using Google.Protobuf;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

/// <summary>Methods of services for which Dapr.Protos has the messages only.</summary>
internal static class GrpcMethod
{
    public static Method<TRequest, TResponse> Of<TRequest, TResponse>(MethodType type, string service, string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        new(type, service, name, MarshallerOf<TRequest>.Instance, MarshallerOf<TResponse>.Instance);

    private static class MarshallerOf<T>
        where T : class, IMessage<T>, new()
    {
        private static readonly MessageParser<T> Parser = new(() => new T());

        public static readonly Marshaller<T> Instance = Marshallers.Create(
            (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            context => Parser.ParseFrom(context.PayloadAsReadOnlySequence()));
    }
}
