namespace DaprShop.Sidecar.Resources;

/// <summary>A Subscription (v1alpha1 and v2alpha1), declarative or announced by the app.</summary>
public sealed record Subscription
{
    public string Name { get; init; } = "";

    public required string PubSubName { get; init; }

    public required string Topic { get; init; }

    /// <summary>Tried in order; the default route is the last rule and has an empty match.</summary>
    public IReadOnlyList<SubscriptionRule> Rules { get; init; } = [];

    public string? DeadLetterTopic { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    public BulkSubscribe? Bulk { get; init; }

    public bool Declarative { get; init; }

    /// <summary>Opened by the app as a stream (SubscribeTopicEventsAlpha1): it lives as long as the stream.</summary>
    public bool Streaming { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = [];

    public string Source { get; init; } = "";
}

/// <summary>A CEL expression over <c>event</c> (empty: always) and the app's path that takes the message.</summary>
public sealed record SubscriptionRule(string Match, string Path);

/// <summary>Bulk delivery: at most so many messages, waiting at most so long for them.</summary>
public sealed record BulkSubscribe(int MaxMessagesCount = 100, int MaxAwaitDurationMs = 1000);
