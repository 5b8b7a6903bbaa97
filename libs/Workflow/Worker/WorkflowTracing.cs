using System.Diagnostics;
using Dapr.Workflow.Protocol;

namespace Dapr.Workflow.Worker;

/// <summary>Joins the worker's work to the traces that the sidecar hands it.</summary>
internal static class WorkflowTracing
{
    private static readonly ActivitySource s_source = new("Dapr.Workflow");

    public static Activity? StartActivity(ActivityRequest request)
    {
        var span = s_source.StartActivity($"WorkflowActivity {request.Name}", ActivityKind.Internal, ParentOf(request.ParentTraceContext));
        span?.SetTag("dapr.workflow.instance_id", request.WorkflowInstance?.InstanceId);
        span?.SetTag("dapr.workflow.task_id", request.TaskId);
        return span;
    }

    /// <summary>A span for the code of a workflow that is never exported: a turn is replayed many times.</summary>
    public static Activity StartTurn(WorkflowRequest request)
    {
        var span = new Activity("Workflow");
        var started = request.PastEvents.Concat(request.NewEvents).FirstOrDefault(e => e.ExecutionStarted is not null)?.ExecutionStarted;
        var parent = ParentOf(started?.ParentTraceContext);
        if (parent != default)
        {
            span.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
            span.TraceStateString = parent.TraceState;
        }

        return span.Start();
    }

    private static ActivityContext ParentOf(TraceContext? trace)
    {
        if (trace is null)
        {
            return default;
        }

        // Some clients send the bare ids of trace and span instead of a traceparent.
        var traceParent = trace.TraceParent.Length == 32 ? $"00-{trace.TraceParent}-{trace.SpanID}-01" : trace.TraceParent;
        return ActivityContext.TryParse(traceParent, trace.TraceState, isRemote: true, out var parent) ? parent : default;
    }
}
