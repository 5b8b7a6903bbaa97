namespace Dapr.Workflow.Client;

/// <summary>How an instance is run again from an event of its history (Dapr Workflow API).</summary>
public sealed class RerunWorkflowFromEventOptions
{
    /// <summary>The new instance's id; null makes a random one.</summary>
    public string? NewInstanceId { get; set; }

    /// <summary>The input of the activity that is run again; counts only with <see cref="OverwriteInput"/>.</summary>
    public object? Input { get; set; }

    /// <summary>Whether <see cref="Input"/> replaces the recorded input.</summary>
    public bool OverwriteInput { get; set; }
}
