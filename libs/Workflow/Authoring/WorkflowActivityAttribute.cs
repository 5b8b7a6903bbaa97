namespace Dapr.Workflow.Abstractions.Attributes;

/// <summary>
/// Marks a class as a workflow activity and names it (Dapr Workflow API). Registration by generated code reads it; explicit registration goes by its
/// own argument or the name of the class.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class WorkflowActivityAttribute : Attribute
{
    /// <summary>Named as the class.</summary>
    public WorkflowActivityAttribute()
    {
    }

    /// <summary>Named otherwise.</summary>
    /// <param name="name">The name.</param>
    public WorkflowActivityAttribute(string name) => Name = name;

    /// <summary>The name; null is the name of the class.</summary>
    public string? Name { get; }
}
