namespace Dapr.Workflow.Client;

/// <summary>How an instance is started (Dapr Workflow API).</summary>
public sealed class StartWorkflowOptions
{
    /// <summary>The instance's id; null makes a random one.</summary>
    public string? InstanceId { get; set; }

    /// <summary>When it starts; null is now.</summary>
    public DateTimeOffset? StartAt { get; set; }
}
