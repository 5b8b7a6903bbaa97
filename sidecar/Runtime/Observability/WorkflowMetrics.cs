namespace DaprShop.Sidecar.Observability;

/// <summary>The app's workflows: what is asked of them, how they and their activities end.</summary>
internal sealed class WorkflowMetrics
{
    private readonly CallFamily<(string Operation, bool Success)> _operations;
    private readonly CallFamily<(string Name, bool Success)> _executions;
    private readonly CallFamily<(string Name, bool Success)> _activities;
    private readonly Prometheus.Histogram _scheduling;

    public WorkflowMetrics(MetricFamilies families)
    {
        _operations = Calls(families, "operation", "Operations on workflows.", "operation");
        _executions = Calls(families, "execution", "Workflows that ended.", "workflow_name");
        _activities = Calls(families, "activity_execution", "Activities that ended.", "activity_name");
        _scheduling = families.Latency(
            "runtime_workflow_scheduling_latency", "From a workflow's start until a worker has it, in milliseconds.", "namespace", "workflow_name");
    }

    /// <summary>create_workflow, get_workflow, add_event or purge_workflow.</summary>
    public Task<T> OperationAsync<T>(string operation, Task<T> call) => _operations.MeasureAsync(call, success => (operation, success));

    public void Operation(string operation, bool success, long started) => _operations.Record((operation, success), started);

    public void Executed(string workflow, bool success, TimeSpan elapsed) => _executions.Record((workflow, success), elapsed);

    public void ActivityExecuted(string activity, bool success, TimeSpan elapsed) => _activities.Record((activity, success), elapsed);

    public void Scheduled(string workflow, TimeSpan waited) =>
        _scheduling.WithLabels(ComponentMetrics.Namespace, workflow).Observe(waited.TotalMilliseconds);

    private static CallFamily<(string Name, bool Success)> Calls(MetricFamilies families, string what, string help, string label) =>
        families.Calls<(string Name, bool Success)>(
            $"runtime_workflow_{what}_count", $"runtime_workflow_{what}_latency", help,
            static key => [ComponentMetrics.Namespace, key.Name, key.Success ? "success" : "failed"], "namespace", label, "status");
}
