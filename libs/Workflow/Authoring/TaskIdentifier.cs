namespace Dapr.Workflow.Abstractions;

/// <summary>The name of an activity or a workflow (Dapr Workflow API).</summary>
/// <param name="Name">The registered name.</param>
public readonly record struct TaskIdentifier(string Name)
{
    /// <summary>A name is an identifier.</summary>
    /// <param name="name">The registered name.</param>
    public static implicit operator TaskIdentifier(string name) => new(name);

    /// <summary>An identifier is its name.</summary>
    /// <param name="identifier">The identifier.</param>
    public static implicit operator string(TaskIdentifier identifier) => identifier.Name;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
