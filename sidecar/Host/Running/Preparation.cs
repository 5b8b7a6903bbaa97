using DaprShop.Sidecar.Host.Files;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Host.Running;

/// <summary>Reads and checks everything before anything is started.</summary>
internal static class Preparation
{
    /// <summary>The run file and each app's resources; null when something is wrong, which the findings then name.</summary>
    public static Prepared? Read(HostArguments arguments, Findings findings)
    {
        if (ReadRunFile(arguments, findings) is not { } file)
        {
            return null;
        }

        var reader = new ResourceReader(findings);
        var apps = file.Apps
            .Select(app => new EmbeddedApp(
                app.ToSidecarOptions() with { AppliesCallerPolicies = arguments.CallerPolicies },
                reader.Read(app.AppId, app.ResourceDirectories, app.ConfigurationFile, app.Directory)))
            .ToArray();
        StartChecks.CheckCommands(file.Apps);
        return findings.Problems.Count == 0 ? new Prepared(file, apps) : null;
    }

    private static RunFile? ReadRunFile(HostArguments arguments, Findings findings)
    {
        if (arguments.Sidecar is { } flags)
        {
            return flags.ToRunFile(findings);
        }

        var here = Directory.GetCurrentDirectory();
        if (arguments.RunFile == "-")
        {
            return RunFileReader.Read(Path.Combine(here, "dapr.yaml"), Console.In.ReadToEnd(), findings);
        }

        if (ProjectRoot.FindRunFile(arguments.RunFile, here, AppContext.BaseDirectory) is not { } path)
        {
            findings.Problem(new ResourceProblem(Path.Combine(here, "dapr.yaml"), 1, "", "does not exist here or above, expected one, or its path after -f"));
            return null;
        }

        if (Path.GetExtension(path) is not (".yaml" or ".yml"))
        {
            findings.Problem(new ResourceProblem(path, 1, "", "is not a YAML file, expected a name that ends in .yaml or .yml"));
            return null;
        }

        return RunFileReader.Read(path, findings);
    }
}

/// <summary>A run file without faults, and what its sidecars are started with.</summary>
internal sealed record Prepared(RunFile File, IReadOnlyList<EmbeddedApp> Apps);
