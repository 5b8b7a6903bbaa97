namespace DaprShop.Workflow.Tests.Golden;

/// <summary>Where one scenario is known to differ, and why.</summary>
/// <param name="EndsAt">The first step that makes no sense any more; 0: all do.</param>
/// <param name="Steps">Steps whose differences do not count.</param>
internal sealed record KnownDifferences(int EndsAt, IReadOnlyList<int> Steps)
{
    /// <summary>Items that do not come.</summary>
    public IReadOnlyList<int> Missing { get; init; } = [];

    public static KnownDifferences None { get; } = new(0, []);

    public bool EndBefore(Step step) => EndsAt > 0 && step.Number >= EndsAt;

    public bool Misses(Step step) => Missing.Contains(step.Number);

    public bool Covers(Step step) => Steps.Contains(step.Number);
}
