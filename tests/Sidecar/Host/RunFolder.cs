namespace DaprShop.Sidecar.Tests.Host;

/// <summary>A directory with a run file and what belongs to it, gone after the test.</summary>
internal sealed class RunFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("run-").FullName;

    public string RunFile => Path.Combine(Root, "dapr.yaml");

    public RunFolder With(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text.ReplaceLineEndings("\n"));
        return this;
    }

    public RunFolder WithDirectory(string directory)
    {
        Directory.CreateDirectory(Path.Combine(Root, directory));
        return this;
    }

    /// <summary>A path below the root.</summary>
    public string At(string path) => Path.Combine(Root, path);

    /// <summary>A message without the root.</summary>
    public string Shown(object text) => text.ToString()!.Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
