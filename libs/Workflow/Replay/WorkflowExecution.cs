using Dapr.Common.Serialization;
using Dapr.Workflow.Protocol;
using Dapr.Workflow.Registration;
using Microsoft.Extensions.Logging;
using Happened = Dapr.Workflow.Protocol.HistoryEvent.EventTypeOneofCase;

namespace Dapr.Workflow.Replay;

/// <summary>
/// One turn: feeds the events to the code in their order, one at a time, letting it run until it waits again after each.
/// </summary>
internal sealed partial class WorkflowExecution
{
    private readonly WorkflowRequest _request;
    private readonly WorkflowRegistry _registry;
    private readonly IDaprSerializer _serializer;
    private readonly ILogger _logger;
    private readonly RunIdentity _run;
    private readonly OperationLedger _ledger;
    private readonly ExternalEvents _events;
    private readonly PatchDecisions _patches = new();
    private readonly TurnGuard _guard;
    private readonly ReplayContext _context;
    private readonly Queue<HistoryEvent> _heldBack = new();

    private bool _isSuspended;
    private HistoryEvent? _terminated;
    private TaskFailureDetails? _failure;
    private Task<object?>? _code;

    public WorkflowExecution(
        WorkflowRequest request, WorkflowRegistry registry, IDaprSerializer serializer, ILoggerFactory loggers, ILogger logger)
    {
        _request = request;
        _registry = registry;
        _serializer = serializer;
        _logger = logger;
        _run = RunIdentity.Of(request);
        _ledger = new OperationLedger(ReadRecordedIds());
        _events = new ExternalEvents(serializer);
        _guard = new TurnGuard(request.InstanceId, logger);
        _context = new ReplayContext(_run, _ledger, _events, _patches, _guard, serializer, loggers);
    }

    // Finished means that the run has an outcome of its own; one that continues as new can still be terminated.
    private bool HasFinished => _failure is not null || (_code is { IsCompleted: true } && _context.Continuation is null);

    public WorkflowResponse Run(IServiceProvider services)
    {
        _context.IsReplayingNow = _request.PastEvents.Count > 0;
        if ((_request.PastEvents.FirstOrDefault() ?? _request.NewEvents.FirstOrDefault())?.Timestamp is { } begin)
        {
            _context.SetTime(begin.ToDateTime());
        }

        if (_run.Started is null)
        {
            Start(services);
        }

        foreach (var past in _request.PastEvents)
        {
            Receive(past, services);
        }

        _context.IsReplayingNow = false;
        foreach (var added in _request.NewEvents)
        {
            Receive(added, services);
        }

        _guard.End();
        return Answer();
    }

    // The sidecar delivers to suspended instances too: holding back, time included, is done here.
    private void Receive(HistoryEvent e, IServiceProvider services)
    {
        if (_terminated is not null)
        {
            return;
        }

        switch (e.EventTypeCase)
        {
            case Happened.ExecutionTerminated:
                if (!HasFinished || _isSuspended)
                {
                    _terminated = e;
                }

                break;
            case Happened.ExecutionSuspended:
                _isSuspended = true;
                break;
            case Happened.ExecutionResumed:
                _isSuspended = false;
                while (_heldBack.TryDequeue(out var held))
                {
                    Process(held, services);
                }

                break;
            default:
                if (_isSuspended)
                {
                    _heldBack.Enqueue(e);
                }
                else
                {
                    Process(e, services);
                }

                break;
        }
    }

    private void Process(HistoryEvent e, IServiceProvider services)
    {
        if (_failure is not null)
        {
            return;
        }

        if (_context.Continuation is not null)
        {
            // The code has had its say. What is raised from now on is for the next generation, not for waits this one has left behind.
            if (e.EventTypeCase == Happened.EventRaised)
            {
                _events.Keep(e);
            }

            return;
        }

        try
        {
            Apply(e, services);
        }
        catch (NonDeterministicWorkflowException exception)
        {
            _failure = Failures.From(exception, isNonRetriable: true);
        }

        if (_guard.IsBroken)
        {
            _failure = LeftTurn();
        }
    }

    private void Apply(HistoryEvent e, IServiceProvider services)
    {
        switch (e.EventTypeCase)
        {
            case Happened.WorkflowStarted:
                if (e.Timestamp is { } now)
                {
                    _context.SetTime(now.ToDateTime());
                }

                break;
            case Happened.ExecutionStarted when ReferenceEquals(e, _run.Started):
                Start(services);
                break;
            case Happened.TaskScheduled:
                _ledger.Record(e.EventId, OperationKind.Activity, e.TaskScheduled.Name);
                break;
            case Happened.TaskCompleted:
                _ledger.Resolve(e.TaskCompleted.TaskScheduledId, OperationKind.Activity, e);
                break;
            case Happened.TaskFailed:
                _ledger.Resolve(e.TaskFailed.TaskScheduledId, OperationKind.Activity, e);
                break;
            case Happened.TimerCreated:
                _ledger.Record(e.EventId, OperationKind.Timer, null, EventTimeout.Never.Equals(e.TimerCreated.FireAt));
                break;
            case Happened.TimerFired:
                _ledger.Resolve(e.TimerFired.TimerId, OperationKind.Timer, e);
                break;
            case Happened.ChildWorkflowInstanceCreated:
                _ledger.Record(e.EventId, OperationKind.ChildWorkflow, e.ChildWorkflowInstanceCreated.Name);
                break;
            case Happened.ChildWorkflowInstanceCompleted:
                _ledger.Resolve(e.ChildWorkflowInstanceCompleted.TaskScheduledId, OperationKind.ChildWorkflow, e);
                break;
            case Happened.ChildWorkflowInstanceFailed:
                _ledger.Resolve(e.ChildWorkflowInstanceFailed.TaskScheduledId, OperationKind.ChildWorkflow, e);
                break;
            case Happened.EventSent:
                _ledger.Record(e.EventId, OperationKind.SentEvent, null);
                break;
            case Happened.EventRaised:
                _events.Arrive(e);
                break;
        }
    }

    private void Start(IServiceProvider services)
    {
        if (string.IsNullOrEmpty(_run.WorkflowName))
        {
            _failure = Refusal("WorkflowNameMissing", "The history does not tell which workflow this instance runs.");
            return;
        }

        if (!_registry.TryGetWorkflow(_run.WorkflowName, out var activate))
        {
            _failure = Refusal("WorkflowNotFound", $"Workflow '{_run.WorkflowName}' is not registered in this app.");
            return;
        }

        IWorkflow workflow;
        try
        {
            workflow = activate(services);
        }
        catch (Exception exception)
        {
            _failure = Failures.From(
                exception, isNonRetriable: true, $"Workflow '{_run.WorkflowName}' failed to activate: {exception.Message}");
            return;
        }

        object? input;
        try
        {
            input = _serializer.Deserialize(_run.Started?.ExecutionStarted.Input, workflow.InputType);
        }
        catch (Exception exception)
        {
            _failure = Failures.From(exception);
            return;
        }

        _code = RunCodeAsync(workflow, input);
    }

    private async Task<object?> RunCodeAsync(IWorkflow workflow, object? input)
    {
        try
        {
            return await workflow.RunAsync(_context, input);
        }
        finally
        {
            _guard.Enter();
        }
    }

    private HashSet<int> ReadRecordedIds()
    {
        var ids = new HashSet<int>();
        foreach (var e in _request.PastEvents)
        {
            _patches.Recall(e);
            if (e.EventTypeCase is Happened.TaskScheduled or Happened.TimerCreated or Happened.ChildWorkflowInstanceCreated or Happened.EventSent)
            {
                ids.Add(e.EventId);
            }
        }

        foreach (var e in _request.NewEvents)
        {
            _patches.Recall(e);
        }

        return ids;
    }

    private static TaskFailureDetails Refusal(string type, string message) =>
        new() { ErrorType = type, ErrorMessage = message, StackTrace = "", IsNonRetriable = true };

    private static TaskFailureDetails LeftTurn() => Refusal(typeof(InvalidOperationException).FullName!, TurnGuard.Message);
}
