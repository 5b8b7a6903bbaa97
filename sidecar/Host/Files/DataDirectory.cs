namespace DaprShop.Sidecar.Host.Files;

/// <summary>Where a run keeps its state, messages and logs; one host at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(string path, string appFiles, FileStream held)
    {
        Path = path;
        AppFiles = appFiles;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>Where apps keep files of their own: as long as their state, so nothing is left there of a run in memory.</summary>
    public string AppFiles { get; }

    public string Database => System.IO.Path.Combine(Path, "dapr.db");

    public string Logs => System.IO.Path.Combine(Path, "logs");

    public string RunRecord => System.IO.Path.Combine(Path, "run.json");

    /// <summary>Creates it where needed and takes its lock; null when another process holds that.</summary>
    public static DataDirectory? TryOpen(string path, bool inMemory)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(path, "logs"));
        try
        {
            // The lock is the open file: it goes with the process, however that ends.
            var held = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataDirectory(path, inMemory ? Emptied(System.IO.Path.Combine(path, "in-memory")) : path, held);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        try
        {
            if (AppFiles != Path)
            {
                Directory.Delete(AppFiles, recursive: true);
            }
        }
        catch (IOException)
        {
            // What outlives the run still writes there; the next run in memory begins with an empty directory all the same.
        }

        _lock.Dispose();
    }

    private static string Emptied(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        return Directory.CreateDirectory(directory).FullName;
    }
}
