namespace DaprShop.Sidecar.Host.Files;

/// <summary>Finds programs as a shell would.</summary>
internal static class Executables
{
    private static readonly string[] Extensions = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat", ""] : [""];

    /// <summary>The absolute path; null when there is none. <paramref name="environment"/> may set another PATH.</summary>
    public static string? Find(string program, string directory, IReadOnlyDictionary<string, string>? environment = null)
    {
        if (program.AsSpan().ContainsAny('/', Path.DirectorySeparatorChar))
        {
            return WithExtension(Path.GetFullPath(program, directory));
        }

        var path = environment?.GetValueOrDefault("PATH") ?? Environment.GetEnvironmentVariable("PATH") ?? "";
        return path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(one => WithExtension(Path.GetFullPath(Path.Combine(one, program), directory)))
            .FirstOrDefault(found => found is not null);
    }

    private static string? WithExtension(string path) => Extensions.Select(extension => path + extension).FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string path) => File.Exists(path) &&
        (OperatingSystem.IsWindows() ||
            (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
