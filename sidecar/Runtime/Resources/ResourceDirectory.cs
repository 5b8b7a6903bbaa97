using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Resources;

/// <summary>The resources of one directory, for any app: *.yaml and *.yml in the order of their names, not recursive.</summary>
internal sealed class ResourceDirectory
{
    private readonly List<ComponentDocument> _components = [];
    private readonly List<(YamlMap Root, Subscription Subscription)> _subscriptions = [];
    private readonly List<ResiliencyDocument> _resiliency = [];

    public IReadOnlyList<ComponentDocument> Components => _components;

    public IReadOnlyList<(YamlMap Root, Subscription Subscription)> Subscriptions => _subscriptions;

    public IReadOnlyList<ResiliencyDocument> Resiliency => _resiliency;

    public static ResourceDirectory Read(string directory, Findings findings)
    {
        var resources = new ResourceDirectory();
        if (!Directory.Exists(directory))
        {
            findings.Problem(new ResourceProblem(directory, 1, "", "does not exist, expected a directory of resources"));
            return resources;
        }

        foreach (var file in Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal))
        {
            if (Path.GetExtension(file) is ".yaml" or ".yml")
            {
                foreach (var root in YamlFile.Read(file, File.ReadAllText(file), findings, tolerable: true))
                {
                    resources.Take(root);
                }
            }
            else
            {
                findings.Warn(new ResourceProblem(file, 1, "", "is ignored, resources are in .yaml or .yml files"));
            }
        }

        return resources;
    }

    private void Take(YamlMap root)
    {
        var kind = root.Required("kind", "Component, Subscription or Resiliency");
        var version = root.Required("apiVersion", "dapr.io/v1alpha1");
        if (kind is null || version is null)
        {
            return;
        }

        switch (kind, version)
        {
            case ("Component", "dapr.io/v1alpha1"):
                if (NameOf(root) is { } component && ComponentReader.Read(root, component) is { } read)
                {
                    _components.Add(read);
                }

                break;
            case ("Subscription", "dapr.io/v1alpha1" or "dapr.io/v2alpha1"):
                if (NameOf(root) is { } subscription && SubscriptionReader.Read(root, subscription, version) is { } subscribed)
                {
                    _subscriptions.Add((root, subscribed));
                }

                break;
            case ("Resiliency", "dapr.io/v1alpha1") when root.Place.Index > 0:
                root.Problem("kind", "daprd reads a Resiliency only from the first document of a file, expected it in a file of its own");
                break;
            case ("Resiliency", "dapr.io/v1alpha1"):
                if (NameOf(root) is { } resiliency)
                {
                    _resiliency.Add(ResiliencyReader.Read(root, resiliency));
                }

                break;
            case ("Component" or "Subscription" or "Resiliency", _):
                root.Problem("apiVersion", $"{version} is not a version of {kind}, expected dapr.io/v1alpha1");
                break;
            case ("Configuration", _):
                root.Warn("kind", "a Configuration is not read from here, name its file as configFilePath");
                break;
            default:
                root.Warn("kind", $"{kind} ({version}) is ignored: the embedded runtime does not have it");
                break;
        }
    }

    // An object of another namespace is not for this runtime, if the runtime has one.
    private static string? NameOf(YamlMap root)
    {
        var metadata = root.Map("metadata");
        if (metadata is null)
        {
            root.Required("metadata", "the resource's name below it");
            return null;
        }

        metadata.Expect("name", "namespace", "labels", "annotations", "creationTimestamp");
        var name = metadata.Required("name", "the resource's name");
        if (name is "." or ".." || name?.AsSpan().IndexOfAny('/', '%') >= 0)
        {
            metadata.Problem("name", $"\"{name}\" is not a name, expected one without / and %");
            return null;
        }

        return Environment.GetEnvironmentVariable("NAMESPACE") is { Length: > 0 } ours &&
            metadata.Text("namespace") is { Length: > 0 } theirs && theirs != ours ? null : name;
    }
}
