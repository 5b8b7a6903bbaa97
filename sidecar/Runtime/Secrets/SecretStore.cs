using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Secrets;

/// <summary>One secret store: a secret has a name and one or more entries, as Dapr's secrets API returns them.</summary>
internal abstract class SecretStore
{
    /// <summary>
    /// Opens a component of a type <c>secretstores.*</c>; relative paths start at the working directory. Throws
    /// <see cref="InvalidDataException"/> or <see cref="IOException"/> when its file cannot be used.
    /// </summary>
    public static SecretStore Open(Component component, string workingDirectory) => component.Type switch
    {
        "secretstores.local.file" => LocalFileSecretStore.Open(component, workingDirectory),
        "secretstores.local.env" => new LocalEnvironmentSecretStore(component.Metadata.GetValueOrDefault("prefix", "")),
        _ => throw new InvalidDataException($"{component.Type} is not a secret store that the embedded runtime has"),
    };

    /// <summary>The entries of a secret; null when there is none of that name.</summary>
    public abstract IReadOnlyDictionary<string, string>? Get(string name);

    /// <summary>All secrets by name.</summary>
    public abstract IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> GetAll();
}
