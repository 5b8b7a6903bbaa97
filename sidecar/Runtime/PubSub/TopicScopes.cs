namespace DaprShop.Sidecar.PubSub;

/// <summary>
/// Who may publish and subscribe to which topics: allowedTopics, publishingScopes, subscriptionScopes and protectedTopics of a
/// pub/sub component's metadata, as they apply to one app.
/// </summary>
internal sealed class TopicScopes(IReadOnlyDictionary<string, string> metadata, string appId)
{
    private readonly HashSet<string> _allowed = Topics(metadata.GetValueOrDefault("allowedTopics"));
    private readonly HashSet<string> _protected = Topics(metadata.GetValueOrDefault("protectedTopics"));
    private readonly HashSet<string>? _publishing = ScopeOf(appId, metadata.GetValueOrDefault("publishingScopes"));
    private readonly HashSet<string>? _subscribing = ScopeOf(appId, metadata.GetValueOrDefault("subscriptionScopes"));

    public bool CanPublish(string topic) => IsAllowed(topic, _publishing);

    public bool CanSubscribe(string topic) => IsAllowed(topic, _subscribing);

    /// <summary>An app that no scope names may use every topic that is not protected; one that is named only its own.</summary>
    private bool IsAllowed(string topic, HashSet<string>? scope) =>
        (_allowed.Count == 0 || _allowed.Contains(topic)) && (scope?.Contains(topic) ?? !_protected.Contains(topic));

    /// <summary>The app's part of <c>app1=topic1,topic2;app2=</c>; null when it is not named.</summary>
    private static HashSet<string>? ScopeOf(string appId, string? scopes)
    {
        foreach (var scope in (scopes ?? "").Split(';'))
        {
            if (scope.Split('=', 2) is [var app, var topics] && app.Trim() == appId)
            {
                return Topics(topics);
            }
        }

        return null;
    }

    private static HashSet<string> Topics(string? list) =>
        [.. (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
