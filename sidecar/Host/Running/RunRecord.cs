using System.Text.Json;

namespace DaprShop.Sidecar.Host.Running;

/// <summary>
/// Who runs on a data directory (<c>run.json</c>). A host that was killed could not end its apps; the next one finds them here
/// and does it.
/// </summary>
internal sealed class RunRecord(string path)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ProcessIdentity> _apps = new(StringComparer.Ordinal);

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
    public static int? HostOf(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Content>(File.ReadAllText(path))?.Host?.Id : null;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            return null;
        }
    }

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

    private void Write()
    {
        var next = path + ".new";
        File.WriteAllText(next, JsonSerializer.Serialize(new Content(ProcessIdentity.Of(Environment.ProcessId), _apps)));
        File.Move(next, path, overwrite: true);
    }

    private sealed record Content(ProcessIdentity? Host, Dictionary<string, ProcessIdentity> Apps);
}
