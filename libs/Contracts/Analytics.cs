namespace DaprShop.Contracts;

/// <summary>GET /events: how many different events of a type came on a topic.</summary>
public sealed record EventCount(string Topic, string Type, long Count);

public sealed record EventCounts(IReadOnlyList<EventCount> Counts);
