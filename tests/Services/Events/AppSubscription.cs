using System.Net.Http.Json;
using System.Text.RegularExpressions;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Events;

/// <summary>A subscription of an app of the shop, with the types of events that it has a rule for.</summary>
internal sealed partial record AppSubscription(string PubSubName, string Topic, string? DeadLetterTopic, IReadOnlyList<AppSubscription.Rule> Rules)
{
    /// <summary>The apps of the run file.</summary>
    public static IReadOnlyList<string> Apps { get; } =
        [.. App().Matches(File.ReadAllText(Path.Combine(Repository.Root, "dapr.yaml"))).Select(match => match.Groups["id"].Value)];

    public IEnumerable<string> Types => Rules.SelectMany(rule => TypeRule().Matches(rule.Match ?? "")).Select(match => match.Groups["type"].Value);

    /// <summary>Those of an app, as its sidecar lists them once the app has told it.</summary>
    public static async Task<IReadOnlyList<AppSubscription>> OfAsync(Shop shop, string appId)
    {
        if (appId == AppIds.Notifications)
        {
            return OfNotifications();
        }

        // What has no sidecar here (the outside system) has no subscription either.
        if (shop.Dapr.Sidecars.All(sidecar => sidecar.AppId != appId))
        {
            return [];
        }

        using var sidecar = new HttpClient { BaseAddress = shop.Endpoint(appId).HttpEndpoint };
        return (await sidecar.GetFromJsonAsync<SidecarMetadata>("/v1.0/metadata", ContractsJson.Options))!.Subscriptions ?? [];
    }

    // It needs Node.js to run, so its list is read.
    private static AppSubscription[] OfNotifications()
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "services", "Notifications", "messages.mjs"));
        return
        [
            .. from topic in ListedTopic().Matches(List().Match(source).Groups["entries"].Value)
               let name = topic.Groups["topic"].Value
               let types = ListedType().Matches(topic.Groups["types"].Value).Select(type => type.Groups["type"].Value)
               select new AppSubscription(
                   Topics.PubSub, name, Topics.DeadLetters(name), [.. types.Select(type => new Rule($"event.type == \"{type}\"", type))]),
        ];
    }

    [GeneratedRegex(@"^- appID: (?<id>\w+)", RegexOptions.Multiline)]
    private static partial Regex App();

    [GeneratedRegex(@"event\.type == ""(?<type>\w+)""")]
    private static partial Regex TypeRule();

    [GeneratedRegex(@"export const subscriptions = \{(?<entries>[^}]+)\}")]
    private static partial Regex List();

    [GeneratedRegex(@"(?<topic>\w+): \[(?<types>[^\]]+)\]")]
    private static partial Regex ListedTopic();

    [GeneratedRegex(@"""(?<type>\w+)""")]
    private static partial Regex ListedType();

    public sealed record Rule(string? Match, string Path);

    private sealed record SidecarMetadata(IReadOnlyList<AppSubscription>? Subscriptions);
}
