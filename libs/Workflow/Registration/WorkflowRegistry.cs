using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Dapr.Workflow.Abstractions;

namespace Dapr.Workflow.Registration;

/// <summary>What this app can run, by name in any case.</summary>
internal sealed class WorkflowRegistry(
    IReadOnlyDictionary<string, Func<IServiceProvider, IWorkflow>> workflows,
    IReadOnlyDictionary<string, Func<IServiceProvider, IWorkflowActivity>> activities)
{
    private readonly FrozenDictionary<string, Func<IServiceProvider, IWorkflow>> _workflows =
        workflows.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenDictionary<string, Func<IServiceProvider, IWorkflowActivity>> _activities =
        activities.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public bool TryGetWorkflow(string name, [NotNullWhen(true)] out Func<IServiceProvider, IWorkflow>? activate) =>
        _workflows.TryGetValue(name, out activate);

    public bool TryGetActivity(string name, [NotNullWhen(true)] out Func<IServiceProvider, IWorkflowActivity>? activate) =>
        _activities.TryGetValue(name, out activate);
}
