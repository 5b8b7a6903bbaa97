using YamlDotNet.RepresentationModel;

namespace DaprShop.Kubernetes.Tests;

/// <summary>One document of the manifests with the file it stands in.</summary>
public sealed record Manifest(string File, YamlMappingNode Root, string Text)
{
    public string Kind => Root["kind"].ToString();

    public string ApiVersion => Root["apiVersion"].ToString();

    public string Name => Root["metadata"]["name"].ToString();

    public override string ToString() => $"{Kind} {Name} ({File})";
}

/// <summary>Follows a kustomization's resources to its documents, as kustomize does.</summary>
public static class Manifests
{
    public static string Repository { get; } = FindRepository();

    public static IReadOnlyList<Manifest> OfOverlay(string name) => [.. Collect(Path.Combine(Repository, "k8s", "overlays", name))];

    public static YamlMappingNode[] Documents(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    private static IEnumerable<Manifest> Collect(string path)
    {
        if (Directory.Exists(path))
        {
            var kustomization = Documents(File.ReadAllText(Path.Combine(path, "kustomization.yaml"))).Single();
            return ((YamlSequenceNode)kustomization["resources"])
                .SelectMany(resource => Collect(Path.GetFullPath(Path.Combine(path, resource.ToString()))));
        }

        return Documents(File.ReadAllText(path)).Select(root => new Manifest(Path.GetRelativePath(Repository, path), root, Write(root)));
    }

    private static string Write(YamlMappingNode root)
    {
        using var text = new StringWriter();
        new YamlStream(new YamlDocument(root)).Save(text, assignAnchors: false);
        return text.ToString();
    }

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "DaprShop.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("DaprShop.sln is in no directory above the tests.");
        }

        return directory.FullName;
    }
}
