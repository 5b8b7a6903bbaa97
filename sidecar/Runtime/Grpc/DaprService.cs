using DaprShop.Sidecar.Http;
using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

/// <summary>
/// The gRPC service <c>dapr.proto.runtime.v1.Dapr</c>, one part a building block. Methods that are not bound answer
/// Unimplemented.
/// </summary>
internal static partial class DaprService
{
    public const string Name = "dapr.proto.runtime.v1.Dapr";

    public static ServerServiceDefinition Definition { get; } = Bind();

    private static ServerServiceDefinition Bind()
    {
        var binder = new Binder(Name);
        BindState(binder);
        BindSecrets(binder);
        BindLocks(binder);
        BindConfiguration(binder);
        BindBindings(binder);
        BindMetadata(binder);
        BindWorkflow(binder);
        BindPubSub(binder);
        BindStreams(binder);
        BindActors(binder);
        BindJobs(binder);
        BindInvoke(binder);
        return binder.Build();
    }

    private static Sidecar SidecarOf(ServerCallContext context) => context.GetHttpContext().Sidecar();
}
