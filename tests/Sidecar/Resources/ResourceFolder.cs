using DaprShop.Sidecar.Resources;
using Microsoft.Extensions.Logging;

namespace DaprShop.Sidecar.Tests.Resources;

/// <summary>A directory of resource files for one test; paths in messages are shown without it.</summary>
internal sealed class ResourceFolder : ILogger, IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("resources-").FullName;

    public List<string> Warnings { get; } = [];

    public ResourceFolder With(string file, string text)
    {
        var path = Path.Combine(_path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    public ResourceSet Load(string appId = "app", bool lenient = false, string? configuration = null) => ResourceLoader.Load(
        appId, [Path.Combine(_path, "res")], configuration is null ? null : Path.Combine(_path, configuration), _path, this, lenient);

    /// <summary>The lines of the message when loading fails, without the directory.</summary>
    public string[] Problems(string appId = "app", string? configuration = null) =>
        [.. Assert.Throws<ResourceException>(() => Load(appId, configuration: configuration)).Problems.Select(problem => Shown(problem.ToString()))];

    public void Dispose() => Directory.Delete(_path, recursive: true);

    void ILogger.Log<TState>(LogLevel level, EventId id, TState state, Exception? error, Func<TState, Exception?, string> format) =>
        Warnings.Add(Shown(format(state, error)));

    bool ILogger.IsEnabled(LogLevel level) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    private string Shown(string text) => text.Replace(_path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
}
