namespace DaprShop.Sidecar.Host.Files;

/// <summary>Where a run keeps its state, messages and logs; one host at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "dapr.db");

    public string Logs => System.IO.Path.Combine(Path, "logs");

    public string RunRecord => System.IO.Path.Combine(Path, "run.json");

    /// <summary>Creates it where needed and takes its lock; null when another process holds that.</summary>
    public static DataDirectory? TryOpen(string path)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(path, "logs"));
        try
        {
            // The lock is the open file: it goes with the process, however that ends.
            return new DataDirectory(path, new FileStream(
                System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => _lock.Dispose();
}
