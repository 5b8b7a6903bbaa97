namespace Dapr.Workflow.Abstractions.Attributes;

/// <summary>Marks a class as a workflow activity, with the name it is registered under (Dapr Workflow API).</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class WorkflowActivityAttribute : Attribute
{
    /// <summary>Registered under the name of the class.</summary>
    public WorkflowActivityAttribute()
    {
    }

    /// <summary>Registered under this name.</summary>
    /// <param name="name">The name.</param>
    public WorkflowActivityAttribute(string name) => Name = name;

    /// <summary>The name; null is the name of the class.</summary>
    public string? Name { get; }
}
