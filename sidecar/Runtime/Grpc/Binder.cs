using Google.Protobuf;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

/// <summary>
/// Collects the methods of a gRPC service. Dapr.Protos has the messages of <c>dapr.proto.runtime.v1.Dapr</c> but no server
/// base class, so the methods are bound by hand.
/// </summary>
internal sealed class Binder(string serviceName)
{
    private readonly ServerServiceDefinition.Builder _builder = ServerServiceDefinition.CreateBuilder();

    public void Unary<TRequest, TResponse>(string name, UnaryServerMethod<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        _builder.AddMethod(Method<TRequest, TResponse>(MethodType.Unary, name), handler);

    public void ServerStreaming<TRequest, TResponse>(string name, ServerStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        _builder.AddMethod(Method<TRequest, TResponse>(MethodType.ServerStreaming, name), handler);

    public void DuplexStreaming<TRequest, TResponse>(string name, DuplexStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        _builder.AddMethod(Method<TRequest, TResponse>(MethodType.DuplexStreaming, name), handler);

    public ServerServiceDefinition Build() => _builder.Build();

    private Method<TRequest, TResponse> Method<TRequest, TResponse>(MethodType type, string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() => GrpcMethod.Of<TRequest, TResponse>(type, serviceName, name);
}
