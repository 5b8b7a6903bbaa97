using System.Text.RegularExpressions;
using DaprShop.Sidecar.Secrets;

namespace DaprShop.Sidecar.Resources;

/// <summary>
/// Turns component documents into components of one app: secrets, environment variables and templates are filled in. Secret
/// stores come first, because the others may need them.
/// </summary>
internal sealed partial class ComponentResolver(string appId, string workingDirectory)
{
    private const string Uuid = "{uuid}";

    private readonly Dictionary<string, SecretStore> _stores = new(StringComparer.Ordinal);

    public IReadOnlyList<Component> Resolve(IReadOnlyList<ComponentDocument> documents)
    {
        var components = new Dictionary<ComponentDocument, Component>();
        foreach (var document in documents.OrderBy(document => IsSecretStore(document) ? 0 : 1))
        {
            var component = Resolve(document);
            if (!IsSecretStore(document) || Open(document, component))
            {
                components[document] = component;
            }
        }

        return [.. documents.Where(components.ContainsKey).Select(document => components[document])];
    }

    private static bool IsSecretStore(ComponentDocument document) => document.Type.StartsWith("secretstores.", StringComparison.Ordinal);

    private Component Resolve(ComponentDocument document)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in document.Items)
        {
            metadata[item.Name] = Fill(item, ValueOf(item, document));
        }

        return new Component
        {
            Name = document.Name,
            Type = document.Type,
            Version = document.Version,
            IgnoreErrors = document.IgnoreErrors,
            Metadata = metadata,
            RandomMetadata = [.. document.Items.Where(item => item.Value?.Contains(Uuid, StringComparison.Ordinal) == true).Select(item => item.Name)],
            Scopes = document.Scopes,
            Source = $"{ResourceProblem.Shown(document.Root.Place.File)}:{document.Root.Line}",
        };
    }

    private bool Open(ComponentDocument document, Component component)
    {
        try
        {
            _stores[component.Name] = SecretStore.Open(component, workingDirectory);
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            var item = document.Items.FirstOrDefault(item => item.IsNamed("secretsFile"))?.Map ?? document.Root;
            if (document.IgnoreErrors)
            {
                item.Warn("value", e.Message + "; the component is left out (ignoreErrors)");
            }
            else
            {
                item.Problem("value", e.Message + ", expected a readable JSON object", fatal: true);
            }

            return false;
        }
    }

    private string ValueOf(MetadataItem item, ComponentDocument document)
    {
        if (item.Variable is { Length: > 0 } variable)
        {
            return Environment.GetEnvironmentVariable(variable) ?? "";
        }

        if (item.Secret is null || document.SecretStore is null)
        {
            return item.Value ?? "";
        }

        if (!_stores.TryGetValue(document.SecretStore, out var store))
        {
            var stores = _stores.Count == 0 ? "a secret store component" : string.Join(", ", _stores.Keys);
            document.Root.Problem("auth", $"there is no secret store {document.SecretStore} for {appId}, expected {stores}", fatal: true);
            return "";
        }

        if (store.Get(item.Secret) is { } secret && secret.TryGetValue(item.SecretKey ?? item.Secret, out var value))
        {
            return value;
        }

        // daprd logs it, leaves the value empty and goes on with a component that will hardly work.
        item.Map.Problem("secretKeyRef", $"{document.SecretStore} has no secret {item.Secret} with an entry {item.SecretKey}, expected one that exists");
        return "";
    }

    private string Fill(MetadataItem item, string value) => Template().Replace(value, match =>
    {
        switch (match.Value)
        {
            case Uuid:
                return Guid.NewGuid().ToString();
            case "{appID}":
                return appId;
            case "{namespace}":
                return $"{Environment.GetEnvironmentVariable("NAMESPACE")}.{appId}";
            default:
                if (Environment.GetEnvironmentVariable("POD_NAME") is { Length: > 0 } pod)
                {
                    return pod;
                }

                item.Map.Problem("value", "{podName} needs the environment variable POD_NAME, expected it to be set", fatal: true);
                return "";
        }
    });

    [GeneratedRegex(@"\{(uuid|appID|namespace|podName)\}")]
    private static partial Regex Template();
}
