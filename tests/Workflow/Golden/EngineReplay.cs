using Dapr.Workflow.Protocol;
using DaprShop.Sidecar;
using DaprShop.Sidecar.Resources;
using DaprShop.Workflow.Tests.Engine;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Client = Dapr.Workflow.Protocol.TaskHubSidecarService.TaskHubSidecarServiceClient;

namespace DaprShop.Workflow.Tests.Golden;

/// <summary>
/// Plays the clients and workers of a transcript against the engine, step by step on the recorded clock, and compares what the engine
/// says with what daprd said. Calls go over gRPC; work items are taken when the transcript has them, so that a turn holds the same
/// events.
/// </summary>
internal sealed class EngineReplay : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // What this engine says more than daprd 1.17.13 does; the numbers are those of the protocol's notes.
    private static readonly HashSet<string> s_additions =
    [
        // 2.1: sent since 1.19.
        "completionToken", "executionId",

        // 2.5: 1.17.13 drops the origin of a timer.
        "createTimer", "externalEvent", "activityRetry", "childWorkflowRetry",

        // 2.2: fields of WorkflowState that 1.17.13 never fills.
        "startedAt", "completedTimestamp", "parentInstanceId", "parentAppId",
    ];

    // The clock of the workflow starts with the first turn, so daprd has nothing to say of an instance before it (4.1).
    private static readonly HashSet<string> s_additionsWhilePending = [.. s_additions, "name", "input"];

    private static readonly HashSet<string> s_times =
        ["timestamp", "createdTimestamp", "lastUpdatedTimestamp", "startedAt", "completedTimestamp"];

    private readonly Transcript _transcript;
    private readonly KnownDifferences _known;
    private readonly ManualTime _clock;
    private readonly DateTimeOffset _begin;
    private readonly Placeholders _placeholders;
    private readonly Comparison _comparison;
    private readonly EmbeddedDapr _dapr;
    private readonly GrpcChannel _channel;
    private readonly Client _client;
    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<string, Task<IMessage>> _calls = [];
    private readonly Dictionary<string, PulledStream> _streams = [];
    private readonly HashSet<Step> _done = [];
    private readonly HashSet<string> _inTurn = [];

    private EngineReplay(Transcript transcript, KnownDifferences known, ManualTime clock, EmbeddedDapr dapr)
    {
        _transcript = transcript;
        _known = known;
        _clock = clock;
        _begin = clock.GetUtcNow();
        _placeholders = new Placeholders(_begin);
        _comparison = new Comparison(_placeholders, s_times);
        _dapr = dapr;
        _channel = GrpcChannel.ForAddress(
            dapr.Sidecars[0].GrpcEndpoint, new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        _client = new Client(_channel);
    }

    /// <summary>Where the engine differs from the transcript and is not known to.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(string name, KnownDifferences known)
    {
        var clock = new ManualTime();
        await using var dapr = await EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
        {
            Apps = [new EmbeddedApp(new SidecarOptions { AppId = "orders", ApiToken = null }, new ResourceSet())],
            Time = clock,
        });
        await using var replay = new EngineReplay(Transcripts.Read(name), known, clock, dapr);
        await replay.RunAsync();
        return replay._comparison.Differences;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        foreach (var stream in _streams.Values)
        {
            await stream.DisposeAsync();
        }

        await Task.WhenAll(_calls.Values).ContinueWith(_ => { }, TaskScheduler.Default);
        _channel.Dispose();
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        // Workers that were there before the recording began.
        var opened = _transcript.Steps.Where(s => s is { Rpc: "GetWorkItems", Kind: "request" }).Select(s => s.Call).ToHashSet();
        foreach (var call in _transcript.Steps.Where(s => s.Rpc == "GetWorkItems").Select(s => s.Call).Distinct().Except(opened))
        {
            Open(call);
        }

        foreach (var step in _transcript.Steps.TakeWhile(step => !_known.EndBefore(step)))
        {
            Reach(_begin + step.At);
            await PlayOnceAsync(step);
        }
    }

    private async Task PlayOnceAsync(Step step)
    {
        if (_done.Add(step))
        {
            await PlayAsync(step);
        }
    }

    private Task PlayAsync(Step step) => (step.Rpc, step.Kind) switch
    {
        ("GetWorkItems", "request") => Task.Run(() => Open(step.Call)),
        ("GetWorkItems", "item") => TakeAsync(step),
        ("GetWorkItems", "cancel" or "cut" or "end" or "error") => _streams[step.Call].DisposeAsync().AsTask(),
        (_, "request") => SendAsync(step),
        (_, "response") => AnswerAsync(step),
        (_, "error") => RefusalAsync(step),
        (_, "no answer") => SilenceAsync(step),
        _ => Task.CompletedTask,
    };

    private void Reach(DateTimeOffset? time)
    {
        if (time - _clock.GetUtcNow() is { } left && left > TimeSpan.Zero)
        {
            _clock.Advance(left);
        }
    }

    private void Open(string call) => _streams[call] = new PulledStream(_dapr.Shared.Workflows.App("orders"));

    private async Task TakeAsync(Step step)
    {
        var recorded = _placeholders.Parse<WorkItem>(step.Message);
        foreach (var e in recorded.WorkflowRequest?.NewEvents ?? [])
        {
            // daprd is up to a second early, this engine never is.
            Reach((e.TimerFired?.FireAt ?? e.ExecutionStarted?.ScheduledStartTimestamp)?.ToDateTimeOffset());
        }

        if (_known.Misses(step))
        {
            return;
        }

        if (await _streams[step.Call].TakeAsync(recorded, s_patience) is not { } actual)
        {
            _comparison.Add($"step {step.Number}: this item never comes: {NameOf(recorded)}");
            return;
        }

        if (recorded.WorkflowRequest is { } request)
        {
            _inTurn.Add(request.InstanceId);
        }

        Compare(step, recorded, actual);
    }

    private void Compare(Step step, IMessage recorded, IMessage actual)
    {
        if (_known.Covers(step))
        {
            return;
        }

        var tree = Placeholders.Tree(recorded);
        var pending = tree["workflowState"]?["workflowStatus"]?.ToString() == "ORCHESTRATION_STATUS_PENDING";
        _comparison.Compare($"step {step.Number}", tree, Placeholders.Tree(actual), pending ? s_additionsWhilePending : s_additions);
    }

    private async Task SendAsync(Step step)
    {
        await TakeWhatCameBeforeAsync(step);
        var before = Stored();
        var call = _calls[step.Call] = Rpcs.CallAsync(_client, step.Rpc, _placeholders.Fill(step.Message), _end.Token);
        if (step.Rpc == "CompleteOrchestratorTask")
        {
            _inTurn.Remove(_placeholders.Parse<WorkflowResponse>(step.Message).InstanceId);
        }

        // Calls that wait for a worker have been heard when what they store is there.
        await Until.TrueAsync(() => call.IsCompleted || (Rpcs.Waits(step.Rpc) && (Rpcs.Stores(step.Rpc) is false || Stored() != before)));
    }

    // An item may be recorded after a message that it had not heard of, and messages sent side by side may have arrived in another order.
    private async Task TakeWhatCameBeforeAsync(Step step)
    {
        if (EventOf(step) is not ({ } instanceId, { } isIt))
        {
            return;
        }

        var later = _transcript.Steps.SkipWhile(s => s != step).Skip(1).Where(s => !_done.Contains(s)).ToList();
        var next = later.Find(s => TurnOf(s)?.InstanceId == instanceId);
        if (next is null || !_streams.ContainsKey(next.Call))
        {
            return;
        }

        var events = TurnOf(next)!.NewEvents;
        if (!events.Any(isIt))
        {
            if (!_inTurn.Contains(instanceId))
            {
                await PlayOnceAsync(next);
            }

            return;
        }

        foreach (var before in events.TakeWhile(e => !isIt(e)))
        {
            var overtook = later.TakeWhile(s => s != next && s.Call != step.Call).FirstOrDefault(s =>
                s.Kind == "request" && EventOf(s) is ({ } other, { } isOther) && other == instanceId && isOther(before));
            if (overtook is not null)
            {
                await PlayOnceAsync(overtook);
            }
        }
    }

    private (string InstanceId, Func<HistoryEvent, bool> IsIt)? EventOf(Step step) => Rpcs.EventOf(step.Rpc, _placeholders.Fill(step.Message));

    private WorkflowRequest? TurnOf(Step step) =>
        step is { Rpc: "GetWorkItems", Kind: "item" } ? _placeholders.Parse<WorkItem>(step.Message).WorkflowRequest : null;

    private async Task AnswerAsync(Step step)
    {
        var (answer, error) = await OutcomeAsync(step);
        if (answer is not null)
        {
            Compare(step, Rpcs.ParseAnswer(step.Rpc, _placeholders.Fill(step.Message)), answer);
        }
        else if (!_known.Covers(step))
        {
            _comparison.Add($"step {step.Number}: {step.Rpc} fails: {error}");
        }
    }

    private async Task RefusalAsync(Step step)
    {
        var recorded = $"{(StatusCode)step.Status} {_placeholders.Fill(step.Details)}";
        var (answer, error) = await OutcomeAsync(step);
        if (error != recorded && !_known.Covers(step))
        {
            _comparison.Add($"step {step.Number}: {step.Rpc} says {answer?.ToString() ?? error}, not {recorded}");
        }
    }

    private async Task SilenceAsync(Step step)
    {
        await _client.HelloAsync(new Google.Protobuf.WellKnownTypes.Empty());
        if (_calls[step.Call].IsCompleted && !_known.Covers(step))
        {
            _comparison.Add($"step {step.Number}: {step.Rpc} is answered");
        }
    }

    private async Task<(IMessage? Answer, string? Error)> OutcomeAsync(Step step)
    {
        try
        {
            return (await _calls[step.Call].WaitAsync(s_patience), null);
        }
        catch (RpcException e)
        {
            return (null, $"{e.StatusCode} {e.Status.Detail}");
        }
        catch (TimeoutException)
        {
            return (null, "no answer");
        }
    }

    private long Stored() => _dapr.Shared.Database.Read(s => s.Scalar<long>(
        "SELECT coalesce(max(seq), 0) + (SELECT count(*) FROM workflow_instances) FROM workflow_inbox"));

    private static string NameOf(WorkItem item) => item.ActivityRequest is { } activity
        ? $"activity {activity.TaskId} of {activity.WorkflowInstance.InstanceId}"
        : $"turn of {item.WorkflowRequest.InstanceId} with {string.Join(' ', item.WorkflowRequest.NewEvents.Select(e => e.EventTypeCase))}";
}
