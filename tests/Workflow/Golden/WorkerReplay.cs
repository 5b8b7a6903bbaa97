using System.Text.Json.Nodes;
using Dapr.Common.Serialization;
using Dapr.Workflow;
using Dapr.Workflow.Protocol;
using Dapr.Workflow.Replay;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Workflow.Tests.Golden;

/// <summary>
/// Gives the turns of a transcript to the library, with the workflow that was recorded written in C#, and compares its answers with
/// those of the recorded worker.
/// </summary>
internal sealed class WorkerReplay
{
    // What .NET sends and node does not; the names of errors and their traces are each language's own.
    private static readonly HashSet<string> s_additions =
    [
        "taskExecutionId", "createTimer", "externalEvent", "router", "isNonRetriable", "stackTrace", "errorType", "version", "id",
    ];

    private readonly Transcript _transcript;
    private readonly bool _isNode;
    private readonly Placeholders _placeholders = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly WorkflowRunner _runner;
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    private WorkerReplay(Transcript transcript)
    {
        _transcript = transcript;
        _isNode = string.CompareOrdinal(transcript.Name, "60") < 0;
        var options = new WorkflowRuntimeOptions();
        RecordedWorkflows.Register(options, transcript.Name);
        _runner = new WorkflowRunner(options.ToRegistry(), new JsonDaprSerializer(), NullLoggerFactory.Instance);
    }

    /// <summary>Where the library's answers differ from the recorded ones, and how many were compared.</summary>
    public static (IReadOnlyList<string> Differences, int Turns) Run(string name) => new WorkerReplay(Transcripts.Read(name)).Run();

    private (IReadOnlyList<string> Differences, int Turns) Run()
    {
        var comparison = new Comparison(_placeholders, new HashSet<string> { "timestamp" });
        var turns = 0;
        foreach (var (item, answer) in Turns())
        {
            var request = _placeholders.Parse<WorkItem>(item.Message).WorkflowRequest;
            if (_isNode)
            {
                FromZero(request.PastEvents.Concat(request.NewEvents));
            }

            var recorded = Placeholders.Tree(_placeholders.Parse<WorkflowResponse>(answer.Message));
            var actual = Placeholders.Tree(_runner.Run(request, _services));
            Normalise(recorded, recorded: true);
            Normalise(actual, recorded: false);
            comparison.Compare($"step {answer.Number}", recorded, actual, s_additions);
            turns++;
        }

        return (comparison.Differences, turns);
    }

    // Each turn with the answer that its instance was given next, if it was.
    private IEnumerable<(Step Item, Step Answer)> Turns()
    {
        var open = new Dictionary<string, Step>();
        foreach (var step in _transcript.Steps)
        {
            if (step is { Rpc: "GetWorkItems", Kind: "item" } && _placeholders.Parse<WorkItem>(step.Message).WorkflowRequest is { } request)
            {
                open[request.InstanceId] = step;
            }
            else if (step is { Rpc: "CompleteOrchestratorTask", Kind: "request" }
                && open.Remove(_placeholders.Parse<WorkflowResponse>(step.Message).InstanceId, out var item))
            {
                yield return (item, step);
            }
        }
    }

    // node counts from one.
    private static void FromZero(IEnumerable<HistoryEvent> events)
    {
        foreach (var e in events)
        {
            e.EventId -= e.EventId > 0 ? 1 : 0;
            switch (e.EventTypeCase)
            {
                case HistoryEvent.EventTypeOneofCase.TaskCompleted:
                    e.TaskCompleted.TaskScheduledId--;
                    break;
                case HistoryEvent.EventTypeOneofCase.TaskFailed:
                    e.TaskFailed.TaskScheduledId--;
                    break;
                case HistoryEvent.EventTypeOneofCase.TimerFired:
                    e.TimerFired.TimerId--;
                    break;
                case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted:
                    e.ChildWorkflowInstanceCompleted.TaskScheduledId--;
                    break;
                case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceFailed:
                    e.ChildWorkflowInstanceFailed.TaskScheduledId--;
                    break;
            }
        }
    }

    private void Normalise(JsonNode answer, bool recorded)
    {
        // node sends the text of a string as it is.
        if (answer["customStatus"]?.GetValue<string>() is { Length: > 1 } status && status[0] == '"')
        {
            answer["customStatus"] = status.Trim('"');
        }

        foreach (var action in answer["actions"]?.AsArray().OfType<JsonObject>() ?? [])
        {
            // An id 0 is left out; that of the end is any number.
            var id = action["id"]?.GetValue<int>() ?? 0;
            action["id"] = action.ContainsKey("completeWorkflow") ? 0 : id - (recorded && _isNode ? 1 : 0);
            foreach (var body in action.Select(p => p.Value).OfType<JsonObject>())
            {
                // node leaves out what it takes for false.
                foreach (var payload in (string[])["input", "result"])
                {
                    var text = body[payload]?.GetValue<string>();
                    if (text is "" or "0" or "null" or "\"\"")
                    {
                        body.Remove(payload);
                    }
                    else if (text is not null)
                    {
                        // The same JSON may be written in many ways.
                        body[payload] = JsonNode.Parse(text)!.ToJsonString();
                    }
                }

                // The message of a failure that comes from a task names it in each language's own way.
                if (body["failureDetails"] is JsonObject failure)
                {
                    var own = recorded ? failure["errorType"]?.GetValue<string>() is "TaskFailedError" or "OrchestratorNotRegisteredError"
                        : failure["errorType"]?.GetValue<string>() is "Dapr.Workflow.WorkflowTaskFailedException" or "WorkflowNotFound";
                    failure["errorMessage"] = own ? "of its own" : failure["errorMessage"]?.GetValue<string>();
                    failure.Remove("errorType");
                    failure.Remove("stackTrace");
                }
            }
        }
    }
}
