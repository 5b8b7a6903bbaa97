namespace DaprShop.Sidecar.Resources;

/// <summary>Reads resource directories and configuration files as daprd does.</summary>
public static class ResourceLoader
{
    /// <summary>
    /// Reads *.yaml and *.yml of the directories (not recursive) and the configuration file, keeps what is in the app's scope
    /// and resolves secretKeyRef, envRef and templates. Throws <see cref="ResourceException"/> with file, line and field.
    /// </summary>
    public static ResourceSet Load(
        string appId, IReadOnlyList<string> directories, string? configurationFile, string workingDirectory, ILogger logger) =>
        throw new NotImplementedException();
}

/// <summary>A resource that cannot be used; the message begins with <c>file:line: field:</c>.</summary>
public sealed class ResourceException(string message) : Exception(message);
