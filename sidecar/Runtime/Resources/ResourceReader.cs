using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Resources;

/// <summary>
/// Reads the resources of several apps; a directory or file that they share is read once. Nothing is thrown: what is wrong
/// is collected, so that it can be told at once.
/// </summary>
internal sealed class ResourceReader(Findings findings)
{
    private readonly Dictionary<string, ResourceDirectory> _directories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConfigurationSpec> _configurations = new(StringComparer.Ordinal);

    /// <summary>The resources in an app's scope; relative paths inside components start at the working directory.</summary>
    public ResourceSet Read(string appId, IReadOnlyList<string> directories, string? configurationFile, string workingDirectory)
    {
        var read = directories.Select(Directory).ToArray();
        var components = read.SelectMany(one => one.Components).Where(one => IsInScope(one.Scopes, appId)).ToArray();
        var subscriptions = read.SelectMany(one => one.Subscriptions).Where(one => IsInScope(one.Subscription.Scopes, appId)).ToArray();
        var resiliency = read.SelectMany(one => one.Resiliency).Where(one => IsInScope(one.Scopes, appId)).ToArray();
        FindDuplicates(components.Select(one => ("component", one.Name, one.Root)));
        FindDuplicates(subscriptions.Select(one => ("subscription", one.Subscription.Name, one.Root)));
        FindDuplicates(resiliency.Select(one => ("resiliency", one.Name, one.Root)));
        FindSecondActorStore(components, appId);
        FindUnknownPubSubs(subscriptions, components);
        FindUnknownPolicies(resiliency);
        return new ResourceSet
        {
            Components = new ComponentResolver(appId, workingDirectory).Resolve(components),
            Subscriptions = [.. subscriptions.Select(one => one.Subscription)],
            Resiliency = [.. resiliency.Select(one => one.Spec)],
            Configuration = configurationFile is null ? new ConfigurationSpec() : Configuration(configurationFile),
        };
    }

    private static bool IsInScope(IReadOnlyList<string> scopes, string appId) => scopes.Count == 0 || scopes.Contains(appId);

    private ResourceDirectory Directory(string path) =>
        _directories.TryGetValue(path, out var known) ? known : _directories[path] = ResourceDirectory.Read(path, findings);

    private ConfigurationSpec Configuration(string path) =>
        _configurations.TryGetValue(path, out var known) ? known : _configurations[path] = ConfigurationReader.Read(path, findings);

    private static void FindDuplicates(IEnumerable<(string Kind, string Name, YamlMap Root)> objects)
    {
        foreach (var same in objects.GroupBy(one => one.Name).Where(group => group.Count() > 1))
        {
            var first = same.First().Root;
            foreach (var (kind, name, root) in same.Skip(1))
            {
                root.Map("metadata")!.Problem(
                    "name",
                    $"there is a {kind} {name} already ({ResourceProblem.Shown(first.Place.File)}:{first.Map("metadata")!.LineOf("name")}), expected a name used once",
                    fatal: true);
            }
        }
    }

    private static void FindSecondActorStore(IEnumerable<ComponentDocument> components, string appId)
    {
        var marks = components
            .Where(one => one.Type.StartsWith("state.", StringComparison.Ordinal))
            .SelectMany(one => one.Items.Where(item => item.IsNamed("actorStateStore") && item.Value == "true").Select(item => (one.Name, item.Map)))
            .ToArray();
        foreach (var (name, map) in marks.Skip(1))
        {
            map.Problem("value", $"{name} is a second actor state store for {appId} beside {marks[0].Name}, expected at most one", fatal: true);
        }
    }

    private static void FindUnknownPubSubs(
        IEnumerable<(YamlMap Root, Subscription Subscription)> subscriptions, IReadOnlyCollection<ComponentDocument> components)
    {
        foreach (var (root, subscription) in subscriptions)
        {
            if (!components.Any(one => one.Name == subscription.PubSubName && one.Type.StartsWith("pubsub.", StringComparison.Ordinal)))
            {
                root.Map("spec")!.Warn("pubsubname", $"there is no pub/sub component {subscription.PubSubName}: the subscription has no effect");
            }
        }
    }

    // All Resiliency objects in scope share one name space of policies.
    private static void FindUnknownPolicies(IReadOnlyCollection<ResiliencyDocument> documents)
    {
        foreach (var (target, slot, policy) in documents.SelectMany(one => one.Uses))
        {
            var known = documents.Any(one => slot switch
            {
                "timeout" => one.Spec.Timeouts.ContainsKey(policy),
                "retry" => one.Spec.Retries.ContainsKey(policy) || BuiltInRetries.Contains(policy),
                _ => one.Spec.CircuitBreakers.ContainsKey(policy),
            });
            if (!known)
            {
                target.Warn(slot, $"there is no policy {policy}: none is applied");
            }
        }
    }

    private static readonly string[] BuiltInRetries =
        ["DaprBuiltInServiceRetries", "DaprBuiltInActorRetries", "DaprBuiltInActorReminderRetries", "DaprBuiltInInitializationRetries"];
}
