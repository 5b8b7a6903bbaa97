using System.Text.Json;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Secrets;

/// <summary>
/// secretstores.local.file: a JSON file, read once. Nested objects become names joined by <c>nestedSeparator</c>; with
/// <c>multiValued</c> each object at the top is one secret with several entries.
/// </summary>
internal sealed class LocalFileSecretStore : SecretStore
{
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _secrets = new(StringComparer.Ordinal);

    private LocalFileSecretStore(JsonElement root, string separator, bool multiValued)
    {
        foreach (var property in root.EnumerateObject())
        {
            var entries = new Dictionary<string, string>(StringComparer.Ordinal);
            Flatten(property.Value, multiValued && property.Value.ValueKind == JsonValueKind.Object ? "" : property.Name, separator, entries);
            if (multiValued)
            {
                _secrets[property.Name] = entries;
                continue;
            }

            foreach (var (name, value) in entries)
            {
                _secrets[name] = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value };
            }
        }
    }

    public static new LocalFileSecretStore Open(Component component, string workingDirectory)
    {
        var file = component.Metadata.GetValueOrDefault("secretsFile", "");
        var path = Path.Combine(workingDirectory, file);
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"secretsFile {file} does not exist in {workingDirectory}");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidDataException($"secretsFile {file} is not a JSON object");
            }

            return new LocalFileSecretStore(
                document.RootElement,
                component.Metadata.GetValueOrDefault("nestedSeparator") is { Length: > 0 } separator ? separator : ":",
                component.Metadata.GetValueOrDefault("multiValued", "false") is "true" or "True" or "1");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"secretsFile {file} is not valid JSON: {e.Message}", e);
        }
    }

    public override IReadOnlyDictionary<string, string>? Get(string name) => _secrets.GetValueOrDefault(name);

    public override IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GetAll() => _secrets;

    private static void Flatten(JsonElement value, string path, string separator, Dictionary<string, string> into)
    {
        string Below(string name) => path.Length == 0 ? name : path + separator + name;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    Flatten(property.Value, Below(property.Name), separator, into);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (item, index) in value.EnumerateArray().Select((item, index) => (item, index)))
                {
                    Flatten(item, Below($"{index}"), separator, into);
                }

                break;
            default:
                into[path] = value.ToString();
                break;
        }
    }
}
