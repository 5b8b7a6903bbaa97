using System.Text.Json;
using Dapr.Workflow.Protocol;
using DaprShop.Sidecar;
using DaprShop.Workflow.Tests.Engine;
using DaprShop.Workflow.Tests.Golden;
using Google.Protobuf;
using Wire = DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Workflow.Tests.Chaos;

/// <summary>How a plan ended: what it returned, what history says of it, and the keys its activities were called with.</summary>
internal sealed record ChaosResult(string Output, IReadOnlyList<string> History, IReadOnlyDictionary<string, int> Attempts, int Kills);

/// <summary>
/// Runs a plan to its end, one message after the other. Between any two of them the worker or the engine's process may be killed: with
/// the item in the worker's hand, with its answer on the way, or after it.
/// </summary>
internal sealed class ChaosRun : IAsyncDisposable
{
    private const string Id = "root";
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(2);
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    private readonly EngineFixture _engine;
    private readonly Plan _plan;
    private readonly PlanWorker _worker;
    private readonly Random _random;
    private readonly double _danger;
    private readonly List<(string InstanceId, string Name)> _events;
    private readonly List<Func<Task>> _said = [];
    private PulledStream _stream;
    private int _kills;

    private ChaosRun(EngineFixture engine, Plan plan, int seed, double danger)
    {
        _engine = engine;
        _plan = plan;
        _worker = new PlanWorker(plan);
        _random = new Random(seed);
        _danger = danger;
        _events = [.. plan.EventsOf(Id)];
        _stream = new PulledStream(engine.App);
    }

    /// <param name="plan">What to run.</param>
    /// <param name="seed">Decides when what is killed.</param>
    /// <param name="danger">How probable it is that a message is the last of a process.</param>
    public static async Task<ChaosResult> RunAsync(Plan plan, int seed, double danger)
    {
        await using var engine = await EngineFixture.StartAsync();
        await using var run = new ChaosRun(engine, plan, seed, danger);
        return await run.RunAsync();
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<ChaosResult> RunAsync()
    {
        var idle = 0;
        while (_engine.App.Get(Id) is not { Completed: not null })
        {
            if (_engine.App.Get(Id) is null)
            {
                await SayAsync(() => _engine.StartInstanceAsync(Id, JsonSerializer.Serialize(PlanRun.Of(_plan), s_json), name: Plan.Workflow));
            }
            else if (await _stream.NextAsync(s_idle) is { } item)
            {
                idle = 0;
                await HandleAsync(item);
            }
            else if (!await RaiseAsync())
            {
                Assert.True(++idle < 2000, $"nothing happens any more: {_engine.HistoryOf(Id)}");
                _engine.Clock.Advance(TimeSpan.FromSeconds(1));
            }

            if (_random.Next(5) == 0)
            {
                await RaiseAsync();
            }
        }

        var end = _engine.App.Get(Id)!;
        var history = _engine.App.ListIds(null, null).Ids.SelectMany(id => HistoryOf(id)).Order(StringComparer.Ordinal).ToList();
        return new ChaosResult($"{end.Status} {end.Output}", history, _worker.Keys.ToDictionary(k => k.Key, k => k.Value.Count), _kills);
    }

    private async Task HandleAsync(WorkItem item)
    {
        if (_random.NextDouble() < _danger / 2)
        {
            // It has the item, perhaps it has even done it, but it does not say so any more.
            _ = item.ActivityRequest is not null && _random.Next(2) == 0 ? _worker.Perform(item) : null;
            await KillAsync();
            return;
        }

        if (item.ActivityRequest is not null)
        {
            var answer = Wire.ActivityResponse.Parser.ParseFrom(_worker.Perform(item).ToByteArray());
            await SayAsync(() => _engine.App.CompleteActivityAsync(answer));
        }
        else
        {
            var answer = Wire.WorkflowResponse.Parser.ParseFrom(PlanWorker.Run(item).ToByteArray());
            await SayAsync(() => _engine.App.CompleteTurnAsync(answer));
        }
    }

    // Says something to the engine, which may be killed meanwhile, or hear it again much later.
    private async Task SayAsync(Func<Task> message)
    {
        var repeats = _said.Count > 0 && _random.NextDouble() < _danger;
        if (repeats)
        {
            await QuietAsync(_said[_random.Next(_said.Count)]());
        }

        var said = message();
        _said.Add(message);
        if (_random.NextDouble() < _danger)
        {
            await KillAsync();
            await QuietAsync(said);
        }
        else
        {
            // What was repeated may have been this very message.
            await (repeats ? QuietAsync(said) : said);
        }
    }

    private async Task<bool> RaiseAsync()
    {
        var open = _events.Where(e => _engine.App.Get(e.InstanceId) is { Completed: null }).ToList();
        if (open.Count == 0)
        {
            return false;
        }

        var (instanceId, name) = open[_random.Next(open.Count)];
        var kills = _kills;
        await SayAsync(() => _engine.RaiseAsync(instanceId, name, $"\"{name} came\""));
        if (_kills == kills)
        {
            _events.Remove((instanceId, name));
        }

        return true;
    }

    private async Task KillAsync()
    {
        _kills++;
        if (_random.Next(2) == 0)
        {
            await _engine.KillAsync();
        }

        await _stream.DisposeAsync();
        _stream = new PulledStream(_engine.App);
    }

    // The one who said it is dead, or the one it was said to, or it was said before.
    private static async Task QuietAsync(Task said)
    {
        try
        {
            await said;
        }
        catch (Exception e) when (e is DaprApiException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    // What was created, without the numbers, which depend on who was faster; and each of it must be there once.
    private List<string> HistoryOf(string instanceId)
    {
        var history = _engine.App.ReadHistory(instanceId)!;
        var seen = new HashSet<string>();
        foreach (var e in history.Where(e => e.WorkflowStarted is null && e.EventRaised is null))
        {
            Assert.True(seen.Add(Shape.Of([e])), $"twice in the history of {instanceId}: {Shape.Of(history)}");
        }

        return [.. history.Select(e => e switch
        {
            { TaskScheduled: { } task } => $"{instanceId} {task.Name} {task.Input}",
            { TimerCreated: not null } => $"{instanceId} timer",
            { ChildWorkflowInstanceCreated: { } child } => $"{instanceId} child {child.InstanceId}",
            { ExecutionCompleted: { } end } => $"{instanceId} {end.WorkflowStatus} {end.Result}",
            _ => "",
        }).Where(line => line.Length > 0)];
    }
}
