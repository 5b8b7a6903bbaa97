using System.Collections.Concurrent;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Sidecar.Workflows;

/// <summary>How long each app keeps its finished instances; an app without a policy keeps them until somebody purges them.</summary>
internal sealed class RetentionPolicies
{
    private readonly ConcurrentDictionary<string, WorkflowRetention> _policies = new(StringComparer.Ordinal);

    /// <summary>From now on; what is finished already keeps the time it was given.</summary>
    public void Set(string appId, WorkflowRetention policy) => _policies[appId] = policy;

    /// <summary>Null: for ever.</summary>
    public TimeSpan? Of(string appId, OrchestrationStatus end)
    {
        var policy = _policies.GetValueOrDefault(appId);
        return policy is null ? null : (end switch
        {
            OrchestrationStatus.Completed => policy.Completed,
            OrchestrationStatus.Failed => policy.Failed,
            OrchestrationStatus.Terminated => policy.Terminated,
            _ => null,
        }) ?? policy.AnyTerminal;
    }
}
