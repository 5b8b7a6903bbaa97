namespace DaprShop.Sidecar.Host.Files;

/// <summary>Finds the run file.</summary>
internal static class ProjectRoot
{
    private static readonly string[] Names = ["dapr.yaml", "dapr.yml"];

    /// <summary>What <c>-f</c> names; without it the nearest run file upwards from here, then upwards from the program.</summary>
    public static string? FindRunFile(string? named, string currentDirectory, string programDirectory)
    {
        if (named is null)
        {
            return Upwards(currentDirectory) ?? Upwards(programDirectory);
        }

        var path = Path.GetFullPath(named, currentDirectory);
        return Directory.Exists(path) ? In(path) ?? Path.Combine(path, Names[0]) : path;
    }

    private static string? Upwards(string? directory)
    {
        for (; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (In(directory) is { } file)
            {
                return file;
            }
        }

        return null;
    }

    private static string? In(string directory) => Names.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}
