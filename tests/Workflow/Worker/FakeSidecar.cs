using System.Net;
using System.Threading.Channels;
using DaprShop.Sidecar.Workflows.Protocol;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DaprShop.Workflow.Tests.Worker;

/// <summary>A sidecar's workflow service that does what the test says, on a port of its own.</summary>
internal sealed class FakeSidecar : TaskHubSidecarService.TaskHubSidecarServiceBase, IAsyncDisposable
{
    private readonly Channel<WorkItem> _items = Channel.CreateUnbounded<WorkItem>();
    private readonly Channel<(WorkflowResponse Response, Metadata Headers)> _turns = Channel.CreateUnbounded<(WorkflowResponse, Metadata)>();
    private readonly Channel<ActivityResponse> _activities = Channel.CreateUnbounded<ActivityResponse>();
    private readonly Channel<Metadata> _streams = Channel.CreateUnbounded<Metadata>();
    private readonly Channel<bool> _hellos = Channel.CreateUnbounded<bool>();
    private readonly Queue<StatusCode> _refusals = new();
    private CancellationTokenSource _cut = new();
    private WebApplication? _app;

    public int Port { get; private set; }

    /// <summary>Completion calls received, refused ones included.</summary>
    public int CompletionCalls { get; private set; }

    public Func<GetInstanceRequest, GetInstanceResponse> OnWait { get; set; } = _ => new GetInstanceResponse();

    public Func<CreateInstanceRequest, CreateInstanceResponse> OnStart { get; set; } = request => new CreateInstanceResponse { InstanceId = request.InstanceId };

    public GetInstanceHistoryResponse HistoryAnswer { get; set; } = new();

    public static async Task<FakeSidecar> StartAsync(int port = 0)
    {
        var sidecar = new FakeSidecar();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = grpc.MaxSendMessageSize = null);
        builder.Services.AddSingleton(sidecar);
        sidecar._app = builder.Build();
        sidecar._app.MapGrpcService<FakeSidecar>();
        await sidecar._app.StartAsync();
        sidecar.Port = new Uri(sidecar._app.Urls.Single()).Port;
        return sidecar;
    }

    /// <summary>Gives a work item to whichever stream is open, or opens next.</summary>
    public void Send(WorkItem item) => _items.Writer.TryWrite(item);

    /// <summary>Answers the next completion calls with these errors.</summary>
    public void Refuse(params StatusCode[] statuses)
    {
        lock (_refusals)
        {
            Array.ForEach(statuses, _refusals.Enqueue);
        }
    }

    /// <summary>Ends the open stream with an error.</summary>
    public void CutStream() => Interlocked.Exchange(ref _cut, new CancellationTokenSource()).Cancel();

    public Task<(WorkflowResponse Response, Metadata Headers)> NextTurnAsync() => Next(_turns);

    public Task<ActivityResponse> NextActivityAsync() => Next(_activities);

    /// <summary>Waits for a stream to open; answers its headers.</summary>
    public Task<Metadata> NextStreamAsync() => Next(_streams);

    public Task NextHelloAsync() => Next(_hellos);

    public async ValueTask DisposeAsync()
    {
        CutStream();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    public override Task<Empty> Hello(Empty request, ServerCallContext context)
    {
        _hellos.Writer.TryWrite(true);
        return Task.FromResult(new Empty());
    }

    public override async Task GetWorkItems(GetWorkItemsRequest request, IServerStreamWriter<WorkItem> responseStream, ServerCallContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_cut.Token, context.CancellationToken);
        await context.WriteResponseHeadersAsync([]);
        _streams.Writer.TryWrite(context.RequestHeaders);
        try
        {
            await foreach (var item in _items.Reader.ReadAllAsync(ended.Token))
            {
                await responseStream.WriteAsync(item);
            }
        }
        catch (OperationCanceledException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "cut"));
        }
    }

    public override Task<CompleteTaskResponse> CompleteOrchestratorTask(WorkflowResponse request, ServerCallContext context)
    {
        RefuseIfTold();
        _turns.Writer.TryWrite((request, context.RequestHeaders));
        return Task.FromResult(new CompleteTaskResponse());
    }

    public override Task<CompleteTaskResponse> CompleteActivityTask(ActivityResponse request, ServerCallContext context)
    {
        RefuseIfTold();
        _activities.Writer.TryWrite(request);
        return Task.FromResult(new CompleteTaskResponse());
    }

    public override Task<CreateInstanceResponse> StartInstance(CreateInstanceRequest request, ServerCallContext context) =>
        Task.FromResult(OnStart(request));

    public override Task<GetInstanceResponse> WaitForInstanceCompletion(GetInstanceRequest request, ServerCallContext context) =>
        Task.FromResult(OnWait(request));

    public override async Task<GetInstanceResponse> WaitForInstanceStart(GetInstanceRequest request, ServerCallContext context)
    {
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
        return new GetInstanceResponse();
    }

    public override Task<GetInstanceResponse> GetInstance(GetInstanceRequest request, ServerCallContext context) => Task.FromResult(OnWait(request));

    public override Task<GetInstanceHistoryResponse> GetInstanceHistory(GetInstanceHistoryRequest request, ServerCallContext context) =>
        Task.FromResult(HistoryAnswer);

    private static Task<T> Next<T>(Channel<T> channel) => channel.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    private void RefuseIfTold()
    {
        lock (_refusals)
        {
            CompletionCalls++;
            if (_refusals.TryDequeue(out var status))
            {
                throw new RpcException(new Status(status, "refused"));
            }
        }
    }
}
