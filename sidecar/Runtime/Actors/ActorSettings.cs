namespace DaprShop.Sidecar.Actors;

/// <summary>What an app says of an actor type it hosts.</summary>
internal sealed record ActorSettings
{
    /// <summary>An actor that was not called for so long is deactivated.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>How long a running call may go on when its actor moves to another instance.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>False: a running call is cut when its actor moves.</summary>
    public bool DrainsCalls { get; init; } = true;

    /// <summary>A call chain that comes back to an actor whose turn it holds enters at once.</summary>
    public bool Reentrant { get; init; }

    /// <summary>Calls of one chain inside an actor at most.</summary>
    public int MaxStackDepth { get; init; } = 32;
}
