using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Resources;

/// <summary>Reads resource directories and configuration files as daprd does.</summary>
public static partial class ResourceLoader
{
    /// <summary>
    /// Reads *.yaml and *.yml of the directories (not recursive) and the configuration file, keeps what is in the app's scope
    /// and resolves secretKeyRef, envRef and templates. Throws <see cref="ResourceException"/> with file, line and field of all
    /// that is wrong. With <paramref name="lenient"/>, what daprd only logs (a broken document, a bad duration in a Resiliency,
    /// a missing secret) is logged here, too, and left out; otherwise it is wrong like the rest.
    /// </summary>
    public static ResourceSet Load(
        string appId,
        IReadOnlyList<string> directories,
        string? configurationFile,
        string workingDirectory,
        ILogger logger,
        bool lenient = false)
    {
        var findings = new Findings(lenient);
        var resources = new ResourceReader(findings).Read(appId, directories, configurationFile, workingDirectory);
        foreach (var warning in findings.Warnings)
        {
            Log.Warning(logger, warning.ToString());
        }

        return findings.Problems.Count == 0 ? resources : throw new ResourceException(findings.Problems);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{Warning}")]
        public static partial void Warning(ILogger logger, string warning);
    }
}
