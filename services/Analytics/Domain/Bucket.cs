namespace DaprShop.Analytics.Domain;

/// <summary>How long the intervals of a rollup are. They begin at full minutes, hours and days of UTC.</summary>
internal sealed record Bucket(string Name, long Milliseconds)
{
    public static IReadOnlyList<Bucket> All { get; } =
    [
        new("minute", 60_000),
        new("hour", 3_600_000),
        new("day", 86_400_000),
    ];

    public static Bucket? Find(string? name) => All.FirstOrDefault(bucket => bucket.Name == name);

    /// <summary>How many of them a period touches.</summary>
    public long CountIn(Period period) => ((period.To - 1) / Milliseconds) - (period.From / Milliseconds) + 1;
}
