using Dapr.Workflow;
using Dapr.Workflow.Registration;
using DaprShop.Sidecar;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Workflows;
using DaprShop.Sidecar.Workflows.Protocol;
using DaprShop.Workflow.Tests.Engine;
using DaprShop.Workflow.Tests.Worker;
using Microsoft.Extensions.Hosting;
using WorkflowState = Dapr.Workflow.WorkflowState;

namespace DaprShop.Workflow.Tests.EndToEnd;

/// <summary>Sidecar, worker and client of the library over gRPC. The sidecar's clock stands still until the test moves it.</summary>
internal sealed class Together : IAsyncDisposable
{
    /// <summary>The workflow that <see cref="StartAsync(object?, string, DateTimeOffset?)"/> starts.</summary>
    public const string Flow = "Flow";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("workflow-together-");
    private readonly Action<WorkflowRuntimeOptions> _configure;
    private readonly WorkflowOptions _limits;
    private EmbeddedDapr _dapr = null!;
    private IHost? _worker;
    private int _lives;

    private Together(Action<WorkflowRuntimeOptions> configure, WorkflowOptions limits) => (_configure, _limits) = (configure, limits);

    public ManualTime Clock { get; } = new();

    public DaprWorkflowClient Client { get; private set; } = null!;

    public Uri Http => _dapr.Sidecars[0].HttpEndpoint;

    public int GrpcPort => _dapr.Sidecars[0].GrpcPort;

    /// <summary>What the sidecar itself knows.</summary>
    public WorkflowApp Engine => _dapr.Shared.Workflows.App("orders");

    public static async Task<Together> StartAsync(Action<WorkflowRuntimeOptions> configure, WorkflowOptions? limits = null)
    {
        var together = new Together(configure, limits ?? new WorkflowOptions());
        await together.StartSidecarAsync(together.NextPath(), httpPort: 0, grpcPort: 0);
        await together.StartWorkerAsync();
        return together;
    }

    /// <summary>With one workflow, named <see cref="Flow"/>.</summary>
    public static Task<Together> StartAsync<TInput, TOutput>(
        Func<WorkflowContext, TInput, Task<TOutput>> flow, Action<WorkflowRuntimeOptions>? more = null) => StartAsync(options =>
        {
            options.RegisterWorkflow(Flow, flow);
            more?.Invoke(options);
        });

    public async Task StartWorkerAsync() => _worker = await WorkerHost.StartAsync(GrpcPort, _configure);

    /// <summary>What the worker has in hand is lost.</summary>
    public async Task KillWorkerAsync()
    {
        foreach (var service in _worker!.Services.GetService(typeof(IEnumerable<IHostedService>)) as IEnumerable<IHostedService> ?? [])
        {
            await service.StopAsync(new CancellationToken(canceled: true));
        }

        _worker.Dispose();
        _worker = null;
    }

    /// <summary>The sidecar goes as by kill -9, and comes again on the same ports some time later.</summary>
    public async Task KillSidecarAsync(TimeSpan later = default)
    {
        var (path, ports) = (NextPath(), _dapr.Sidecars[0]);
        await DatabaseFile.CopyAsync(_dapr.Shared.Database, path);
        await _dapr.DisposeAsync();
        Clock.Advance(later);
        await StartSidecarAsync(path, ports.HttpPort, ports.GrpcPort);
    }

    /// <summary>Starts <see cref="Flow"/>; completes with its first turn.</summary>
    public async Task<string> StartAsync(object? input = null, string id = "a", DateTimeOffset? at = null)
    {
        using var limit = new CancellationTokenSource(s_patience);
        return await Client.ScheduleNewWorkflowAsync(Flow, id, input, at, limit.Token);
    }

    public async Task<WorkflowState> RunAsync(object? input = null, string id = "a")
    {
        await StartAsync(input, id);
        return await EndAsync(id);
    }

    public async Task<WorkflowState> EndAsync(string id = "a")
    {
        using var limit = new CancellationTokenSource(s_patience);
        return await Client.WaitForWorkflowCompletionAsync(id, cancellation: limit.Token);
    }

    /// <summary>Lets time go by, a quarter of a second at a time, until the instance has ended.</summary>
    public async Task<WorkflowState> EndInTimeAsync(string id = "a")
    {
        var end = EndAsync(id);
        while (!end.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Delay(5);
        }

        return await end;
    }

    /// <summary>The history in short, see <see cref="Shape"/>.</summary>
    public string History(string id = "a") => Engine.ReadHistory(id) is { } history ? Shape.Of(history) : "";

    public IReadOnlyList<HistoryEvent> Events(string id = "a") => Engine.ReadHistory(id)!;

    /// <summary>Waits until the history has this in it.</summary>
    public async Task HasHappenedAsync(string what, string id = "a")
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (!$"{History(id)} ".Contains($"{what} ", StringComparison.Ordinal))
        {
            await Task.Delay(2, limit.Token);
        }
    }

    /// <summary>All that the sidecar had to do by now is done when this is: an instance that came later has ended.</summary>
    public async Task SettleAsync()
    {
        await Client.ScheduleNewWorkflowAsync("NoSuchWorkflow", "settle");
        await EndAsync("settle");
    }

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null)
        {
            await _worker.StopAsync();
            _worker.Dispose();
        }

        Client.Dispose();
        await _dapr.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task StartSidecarAsync(string path, int httpPort, int grpcPort)
    {
        _dapr = await EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
        {
            DatabasePath = path,
            Time = Clock,
            Workflows = _limits,
            Apps = [new EmbeddedApp(new SidecarOptions { AppId = "orders", HttpPort = httpPort, GrpcPort = grpcPort, ApiToken = null }, new ResourceSet())],
        });

        // A channel of its own each time: an old one may be in its pause after a failed attempt, when it refuses calls.
        Client?.Dispose();
        Client = new DaprWorkflowClientBuilder().UseGrpcEndpoint(_dapr.Sidecars[0].GrpcEndpoint.ToString()).Build();
    }

    private string NextPath() => Path.Combine(_directory.FullName, $"life{_lives++}.db");
}

/// <summary>An activity that is held until the test lets it go.</summary>
internal sealed class Hold
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Begun => _begun.Task.WaitAsync(ScriptedWorker.Patience);

    public void Release() => _released.TrySetResult();

    public async Task<T> PassAsync<T>(T value)
    {
        _begun.TrySetResult();
        await _released.Task;
        return value;
    }
}
