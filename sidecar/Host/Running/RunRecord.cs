using System.Text.Json;

namespace DaprShop.Sidecar.Host.Running;

/// <summary>
/// Who runs on a data directory (<c>run.json</c>). A host that was killed could not end its apps; the next one finds them here
/// and does it. Other commands find the running sidecars here.
/// </summary>
internal sealed class RunRecord(string path)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ProcessIdentity> _apps = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, int>? _sidecars;

    /// <summary>The processes of the last run; empty when it ended properly.</summary>
    public static IReadOnlyDictionary<string, ProcessIdentity> Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Content>(File.ReadAllText(path))?.Apps ?? [] : [];
        }
        catch (JsonException)
        {
            // Half a file is left when the machine stopped while it was written; then its processes are gone as well.
            return new Dictionary<string, ProcessIdentity>();
        }
    }

    /// <summary>The id of the host that wrote it; null when there is none.</summary>
    public static int? HostOf(string path) => TryRead(path)?.Host?.Id;

    /// <summary>The HTTP ports of the running host's sidecars by app id; empty when no host is running.</summary>
    public static IReadOnlyDictionary<string, int> SidecarsOf(string path) =>
        TryRead(path) is { Host.IsRunning: true, Sidecars: { } sidecars } ? sidecars : new Dictionary<string, int>();

    public void Add(string appId, ProcessIdentity process)
    {
        lock (_gate)
        {
            _apps[appId] = process;
            Write();
        }
    }

    public void Delete() => File.Delete(path);

    /// <summary>Names the host alone, before the first app.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            Write();
        }
    }

    /// <summary>Notes where the sidecars listen: their HTTP ports by app id.</summary>
    public void Announce(IReadOnlyDictionary<string, int> sidecars)
    {
        lock (_gate)
        {
            _sidecars = sidecars;
            Write();
        }
    }

    private static Content? TryRead(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Content>(File.ReadAllText(path)) : null;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            return null;
        }
    }

    private void Write()
    {
        var next = path + ".new";
        File.WriteAllText(next, JsonSerializer.Serialize(new Content(ProcessIdentity.Of(Environment.ProcessId), _apps, _sidecars)));
        File.Move(next, path, overwrite: true);
    }

    private sealed record Content(ProcessIdentity? Host, Dictionary<string, ProcessIdentity> Apps, IReadOnlyDictionary<string, int>? Sidecars = null);
}
