using System.Text.Json;

namespace DaprShop.Contracts;

/// <summary>
/// A message that somebody could not take, as it was published. It waits until it is replayed, and again when it comes back after that.
/// </summary>
public sealed record DeadLetter(
    string Id,
    string Topic,
    string? Type,
    JsonElement Event,
    int Arrivals,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    DateTimeOffset? ReplayedAt)
{
    /// <summary>Whether nobody has replayed it since it last came.</summary>
    public bool IsWaiting => ReplayedAt is null || ReplayedAt < LastAt;
}

/// <summary>GET /dead-letters: the newest first.</summary>
public sealed record DeadLetters(IReadOnlyList<DeadLetter> Items);

/// <summary>POST /dead-letters/replay: how many were published again.</summary>
public sealed record ReplayedDeadLetters(int Count);
