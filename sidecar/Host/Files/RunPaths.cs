using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Host.Files;

/// <summary>
/// Which resource directories and which configuration file an app gets. Paths in <c>common</c> start at the run file, those
/// of an app at its directory; <c>~/</c> is the user's home. A path that is named must exist, a default one need not.
/// </summary>
internal sealed class RunPaths(YamlMap app, YamlMap? common, string appDirectory, string fileDirectory, string? runtimePath)
{
    public IReadOnlyList<string> ResourceDirectories()
    {
        if (Named(app, appDirectory) is { Length: > 0 } own)
        {
            return own;
        }

        if (Path.Combine(appDirectory, ".dapr", "resources") is var local && Directory.Exists(local))
        {
            return [local];
        }

        if (Named(common, fileDirectory) is { Length: > 0 } shared)
        {
            return shared;
        }

        return Path.Combine(Installed(), "components") is var installed && Directory.Exists(installed) ? [installed] : [];
    }

    public string? ConfigurationFile()
    {
        if (app.Text("configFilePath") is { Length: > 0 } own)
        {
            return Existing(app, "configFilePath", own, appDirectory, directory: false);
        }

        if (Path.Combine(appDirectory, ".dapr", "config.yaml") is var local && File.Exists(local))
        {
            return local;
        }

        if (common?.Text("configFilePath") is { Length: > 0 } shared)
        {
            return Existing(common, "configFilePath", shared, fileDirectory, directory: false);
        }

        return Path.Combine(Installed(), "config.yaml") is var installed && File.Exists(installed) ? installed : null;
    }

    /// <summary>The absolute path; null, with a problem, when there is no such file or directory.</summary>
    public static string? Existing(YamlMap map, string key, string path, string relativeTo, bool directory)
    {
        var full = Path.GetFullPath(Expand(path), relativeTo);
        if (directory ? Directory.Exists(full) : File.Exists(full))
        {
            return full;
        }

        map.Problem(key, $"{full} does not exist, expected a {(directory ? "directory" : "file")}");
        return null;
    }

    private static string[] Named(YamlMap? map, string relativeTo)
    {
        if (map is null)
        {
            return [];
        }

        var list = map.Texts("resourcesPaths").Select(path => ("resourcesPaths", path));
        var single = map.Text("resourcesPath") is { Length: > 0 } one ? [("resourcesPath", one)] : Array.Empty<(string, string)>();
        (string Key, string Path)[] named = [.. list, .. single];

        // A directory that does not exist stays in the list: with the problem nothing is started anyway.
        return [.. named.Select(item => Existing(map, item.Key, item.Path, relativeTo, directory: true) ?? "").Where(path => path.Length > 0)];
    }

    private string Installed() => Path.Combine(
        Expand(runtimePath is { Length: > 0 } path ? path
            : Environment.GetEnvironmentVariable("DAPR_RUNTIME_PATH") is { Length: > 0 } variable ? variable
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)),
        ".dapr");

    private static string Expand(string path) => path is "~" || path.StartsWith("~/", StringComparison.Ordinal)
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]
        : path;
}
