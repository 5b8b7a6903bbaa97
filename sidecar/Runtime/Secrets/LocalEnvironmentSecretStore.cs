using System.Collections;

namespace DaprShop.Sidecar.Secrets;

/// <summary>
/// secretstores.local.env: environment variables of the sidecar's process (not of the app's <c>env</c>). A variable that is
/// not set is an empty secret. Dapr's own variables, tokens among them, cannot be read.
/// </summary>
internal sealed class LocalEnvironmentSecretStore(string prefix) : SecretStore
{
    public override IReadOnlyDictionary<string, string> Get(string name) => new Dictionary<string, string>
    {
        [name] = IsReadable(prefix + name) ? Environment.GetEnvironmentVariable(prefix + name) ?? "" : "",
    };

    public override IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GetAll() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => (string)entry.Key)
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && IsReadable(name))
            .Select(name => name[prefix.Length..])
            .ToDictionary(name => name, Get);

    private static bool IsReadable(string variable) =>
        !variable.StartsWith("DAPR_", StringComparison.OrdinalIgnoreCase) &&
        !variable.Equals("APP_API_TOKEN", StringComparison.OrdinalIgnoreCase);
}
