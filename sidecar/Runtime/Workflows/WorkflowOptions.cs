namespace DaprShop.Sidecar.Workflows;

/// <summary>Limits of the workflow engine.</summary>
internal sealed record WorkflowOptions
{
    /// <summary>Turns a worker has in hand at most; more wait for it or for another worker.</summary>
    public int TurnsPerWorker { get; init; } = 200;

    /// <summary>Activities a worker has in hand at most. Generous: some run for hours.</summary>
    public int ActivitiesPerWorker { get; init; } = 1000;

    /// <summary>After this time without an answer a turn is given to a worker again. Activities may take as long as their worker lives.</summary>
    public TimeSpan TurnLease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Largest history and inbox of an instance in bytes; a turn above 95 % of it stalls its instance.</summary>
    public long MaxTurnSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of committed history kept in memory for instances that wait for something.</summary>
    public long HistoryCacheSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>Wait before a turn that could not be committed is tried again; doubles up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);
}
