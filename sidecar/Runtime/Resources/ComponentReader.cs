using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Resources;

/// <summary>Reads Component documents; values that depend on the app or on a secret are resolved later, per app.</summary>
internal static class ComponentReader
{
    private const string ServedVersions = "v1";

    /// <summary>Null when the document cannot be used; what is wrong is then in its findings.</summary>
    public static ComponentDocument? Read(YamlMap root, string name)
    {
        root.Expect("apiVersion", "kind", "metadata", "spec", "auth", "scopes");
        var scopes = root.Texts("scopes");
        var auth = root.Map("auth");
        auth?.Expect("secretStore");
        var secretStore = auth?.Text("secretStore");
        var spec = root.Map("spec");
        if (spec is null)
        {
            root.Required("spec", "the component's type and metadata");
            return null;
        }

        spec.Expect("type", "version", "ignoreErrors", "initTimeout", "metadata");
        spec.Duration("initTimeout");
        var type = spec.Required("type", "a component type such as state.sqlite");
        var ignoreErrors = spec.Flag("ignoreErrors") ?? false;
        var document = new ComponentDocument
        {
            Root = root,
            Name = name,
            Type = type ?? "",
            Version = spec.Text("version") is { Length: > 0 } version ? version : "v1",
            IgnoreErrors = ignoreErrors,
            Scopes = scopes,
            SecretStore = secretStore,
            Items = ReadMetadata(spec, secretStore),
        };
        return type is not null && IsUsable(document, spec) && !root.Place.Faulty ? document : null;
    }

    // daprd ends at a type it does not have, unless the component says ignoreErrors.
    private static bool IsUsable(ComponentDocument document, YamlMap spec)
    {
        if (ComponentTypes.IsIgnored(document.Type))
        {
            spec.Warn("type", $"{document.Type} is ignored: the embedded runtime has no HTTP middleware");
            return false;
        }

        var known = ComponentTypes.TryFind(document.Type, out var required);
        if (!known || !IsVersionServed(document))
        {
            var (key, message) = known
                ? ("version", $"{document.Type} has no version {document.Version}, expected {ServedVersions}")
                : ("type", $"{document.Type} is not a type that the embedded runtime has, expected one of {ComponentTypes.Like(document.Type)}");
            if (document.IgnoreErrors)
            {
                spec.Warn(key, message + "; the component is left out (ignoreErrors)");
            }
            else
            {
                spec.Problem(key, message, fatal: true);
            }

            return false;
        }

        foreach (var name in required.Where(name => !document.Items.Any(item => item.IsNamed(name) && item.MayHaveValue)))
        {
            spec.Problem("metadata", $"has no {name}, expected an item of that name for {document.Type}", fatal: !document.IgnoreErrors);
        }

        return true;
    }

    private static bool IsVersionServed(ComponentDocument document) =>
        document.Version == ServedVersions || (document.Version == "v2" && document.Type == "state.postgresql");

    private static List<MetadataItem> ReadMetadata(YamlMap spec, string? secretStore)
    {
        var items = new List<MetadataItem>();
        foreach (var map in spec.List("metadata"))
        {
            map.Expect("name", "value", "secretKeyRef", "envRef");
            var name = map.Required("name", "the name of a metadata item");
            var reference = map.Map("secretKeyRef");
            reference?.Expect("name", "key");
            var secret = reference?.Required("name", "the name of a secret");
            if (reference is not null && secretStore is null)
            {
                map.Problem("secretKeyRef", "needs a secret store, expected auth.secretStore beside spec");
            }

            if (name is not null && items.Exists(item => item.IsNamed(name)))
            {
                map.Warn("name", $"{name} stands twice, the later one counts");
            }

            items.Add(new MetadataItem(
                map, name ?? "", map.Value("value"), secret, reference?.Text("key") is { Length: > 0 } key ? key : secret, map.Text("envRef")));
        }

        return items;
    }
}

/// <summary>A Component as it stands in its file.</summary>
internal sealed record ComponentDocument
{
    public required YamlMap Root { get; init; }

    public required string Name { get; init; }

    public required string Type { get; init; }

    public required string Version { get; init; }

    public bool IgnoreErrors { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = [];

    public string? SecretStore { get; init; }

    public IReadOnlyList<MetadataItem> Items { get; init; } = [];
}

/// <summary>One of spec.metadata: a value, an entry of a secret, or a variable of the sidecar's environment.</summary>
internal sealed record MetadataItem(YamlMap Map, string Name, string? Value, string? Secret, string? SecretKey, string? Variable)
{
    public bool MayHaveValue => Value is { Length: > 0 } || Secret is not null || Variable is not null;

    public bool IsNamed(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
