using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Storage;
using DaprShop.Sidecar.Workflows;
using DaprShop.Sidecar.Workflows.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Workflow.Tests.Engine;

/// <summary>An engine on a database file, which can be killed at any point, and its scripted workers.</summary>
internal sealed class EngineFixture : IAsyncDisposable
{
    public const string AppId = "orders";

    private static readonly string[] s_tables = ["instances", "history", "inbox", "timers", "tasks"];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("workflow-engine-");
    private readonly List<ScriptedWorker> _workers = [];
    private readonly WorkflowOptions _options;
    private Database _database;
    private WorkflowEngine _engine;
    private int _lives;

    private EngineFixture(TimeProvider time, WorkflowOptions options)
    {
        Time = time;
        _options = options;
        _database = Database.Open(NextPath());
        _engine = Open();
    }

    public TimeProvider Time { get; }

    /// <summary>Lets the database have no further page, or as many as it wants again.</summary>
    public Task FillDiskAsync(bool full) => _database.WriteAsync(session =>
        session.Scalar<long>(full ? "PRAGMA max_page_count = 1" : "PRAGMA max_page_count = 1000000"));

    public ManualTime Clock => (ManualTime)Time;

    public WorkflowApp App => _engine.App(AppId);

    public static async Task<EngineFixture> StartAsync(TimeProvider? time = null, WorkflowOptions? options = null)
    {
        var fixture = new EngineFixture(time ?? new ManualTime(), options ?? new WorkflowOptions());
        await fixture._engine.StartAsync(CancellationToken.None);
        return fixture;
    }

    public WorkflowApp AppOf(string appId) => _engine.App(appId);

    public ScriptedWorker Connect(string appId = AppId)
    {
        var worker = new ScriptedWorker(_engine.App(appId));
        _workers.Add(worker);
        return worker;
    }

    public Task<string> StartInstanceAsync(string instanceId, string? input = null, DateTimeOffset? at = null, bool unique = false, string name = "Flow") => App.StartAsync(
        new CreateInstanceRequest
        {
            InstanceId = instanceId,
            Name = name,
            Input = input,
            ScheduledStartTimestamp = at is { } start ? Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(start) : null,
            EnforceUniqueInstanceId = unique,
        },
        CancellationToken.None);

    public void Measure(DaprShop.Sidecar.Observability.WorkflowMetrics metrics) => _engine.Measure(AppId, metrics);

    public void Retain(WorkflowRetention policy) => _engine.Retain(AppId, policy);

    public void Limit(WorkflowConcurrency limits) => _engine.Limit(AppId, limits);

    /// <summary>Rows in all tables of the engine.</summary>
    public long Rows => _database.Read(session => s_tables.Sum(table => session.Scalar<long>($"SELECT count(*) FROM workflow_{table}")));

    /// <summary>Size of the database file in pages.</summary>
    public long Pages => _database.Read(session => session.Scalar<long>("PRAGMA page_count"));

    public Task RaiseAsync(string instanceId, string name, string? input = null) =>
        App.RaiseEventAsync(instanceId, name, input, CancellationToken.None);

    public async Task<InstanceRecord> EndOfAsync(string instanceId) =>
        (await App.WaitForCompletionAsync(instanceId, CancellationToken.None).WaitAsync(ScriptedWorker.Patience))!;

    public string HistoryOf(string instanceId) => Shape.Of(App.ReadHistory(instanceId)!);

    /// <summary>
    /// What kill -9 does: all that is not in the file by now is lost, whatever the dying process would still have written. Workers
    /// must connect again.
    /// </summary>
    /// <param name="lastWords">What the engine still hears, but does not come to write down.</param>
    public async Task KillAsync(Action? lastWords = null)
    {
        var path = NextPath();
        await DatabaseFile.CopyAsync(_database, path, lastWords);
        await CloseAsync();
        _database = Database.Open(path);
        _engine = Open();
        await _engine.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _directory.Delete(recursive: true);
    }

    private async Task CloseAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        _workers.Clear();
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    private WorkflowEngine Open() => new(_database, Time, NullLoggerFactory.Instance, _options);

    private string NextPath() => Path.Combine(_directory.FullName, $"life{_lives++}.db");
}
