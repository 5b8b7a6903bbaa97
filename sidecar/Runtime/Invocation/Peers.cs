using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace DaprShop.Sidecar.Invocation;

/// <summary>
/// Name resolution between sidecars of several processes on one machine: a directory with a file for each, which only the user can
/// read. A file gives the sidecar's ports, and a token by which it knows that a call comes from another sidecar of the directory.
/// </summary>
internal sealed class Peers(string directory) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _own = [];
    private (DateTime Written, ILookup<string, Peer> ById)? _read;

    /// <summary>What the sidecars of this process are called with.</summary>
    public string Token { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>Makes a sidecar of this process known to the others; until the end of the process, or of this object.</summary>
    public void Announce(string appId, int httpPort, int grpcPort)
    {
        CreateDirectory();
        var path = Path.Combine(directory, $"{Guid.NewGuid():N}.json");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(path + ".new", options))
        {
            JsonSerializer.Serialize(file, new Peer(appId, httpPort, grpcPort, Token));
        }

        File.Move(path + ".new", path);
        lock (_gate)
        {
            _own.Add(path);
        }
    }

    /// <summary>The sidecars of other processes with this app id, in any order.</summary>
    public IReadOnlyList<Peer> Find(string appId)
    {
        lock (_gate)
        {
            // The directory's time changes with each file that comes or goes.
            var written = Directory.GetLastWriteTimeUtc(directory);
            if (_read is not { } read || read.Written != written || !read.ById.Contains(appId))
            {
                _read = read = (written, Read().Where(peer => peer.Token != Token).ToLookup(peer => peer.AppId, StringComparer.OrdinalIgnoreCase));
            }

            return [.. read.ById[appId]];
        }
    }

    /// <summary>Takes out the file of a sidecar that does not answer any more: its process was killed.</summary>
    public void Forget(Peer gone)
    {
        foreach (var (path, peer) in Files())
        {
            if (peer == gone)
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Compares in constant time.</summary>
    public bool IsOwnToken(string token) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(Token));

    public void Dispose()
    {
        lock (_gate)
        {
            _own.ForEach(File.Delete);
            _own.Clear();
        }
    }

    private void CreateDirectory()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private IEnumerable<Peer> Read() => Files().Select(file => file.Peer);

    private IEnumerable<(string Path, Peer Peer)> Files()
    {
        foreach (var path in Directory.Exists(directory) ? Directory.GetFiles(directory, "*.json") : [])
        {
            if (TryRead(path) is { } peer)
            {
                yield return (path, peer);
            }
        }
    }

    private static Peer? TryRead(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Peer>(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            // It was just deleted by its owner.
            return null;
        }
    }
}

/// <summary>A sidecar of another process.</summary>
internal sealed record Peer(string AppId, int HttpPort, int GrpcPort, string Token);
