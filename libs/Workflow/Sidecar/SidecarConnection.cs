using Dapr.Workflow.Protocol;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.Extensions.Configuration;

namespace Dapr.Workflow.Sidecar;

/// <summary>
/// The gRPC channel to the sidecar. Not made by IHttpClientFactory: defaults that an app sets for all its HTTP clients (time-outs, retries)
/// would cut the work item stream, which lives for hours.
/// </summary>
internal sealed class SidecarConnection : IDisposable
{
    private readonly GrpcChannel _channel;

    public SidecarConnection(WorkflowRuntimeOptions options, IConfiguration? configuration)
        : this(SidecarAddress.Find(configuration), options, SidecarAddress.FindToken(configuration))
    {
    }

    public SidecarConnection(Uri address, WorkflowRuntimeOptions options, string? token)
    {
        Address = address;
        _channel = Connect(address, options);
        Client = new TaskHubSidecarService.TaskHubSidecarServiceClient(_channel.Intercept(new MetadataInterceptor(token)));
    }

    public Uri Address { get; }

    public TaskHubSidecarService.TaskHubSidecarServiceClient Client { get; }

    public void Dispose() => _channel.Dispose();

    private static GrpcChannel Connect(Uri address, WorkflowRuntimeOptions options) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(60),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(30),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = options.MaxReceiveMessageSize,
        MaxSendMessageSize = options.MaxSendMessageSize,

        // A sidecar that restarts is found again at once; the callers have back-offs of their own.
        InitialReconnectBackoff = TimeSpan.FromMilliseconds(100),
        MaxReconnectBackoff = TimeSpan.FromSeconds(2),
    });
}
