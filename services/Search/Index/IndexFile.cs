using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace DaprShop.Search.Index;

/// <summary>The SQLite file with the read model. Replicas on one machine share it: what one of them writes, all of them read next.</summary>
internal sealed class IndexFile : IDisposable
{
    private readonly string _connectionString;
    private readonly ConcurrentBag<IndexSession> _readers = [];

    /// <summary>Opens the file, which is made when it is missing.</summary>
    public IndexFile(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        // Sessions are kept here, with their prepared statements; the provider's pool would keep bare connections.
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString();
        using var session = Open();
        session.ExecuteAll("PRAGMA journal_mode = WAL");
        session.InTransaction(writes: true, IndexSchema.Create);
    }

    /// <summary>A session of the caller's own. What it commits is on disk.</summary>
    public IndexSession Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        var session = new IndexSession(connection);

        // Mapped, the sessions share the system's page cache instead of each copying pages into one of its own.
        session.ExecuteAll("PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 268435456;");
        return session;
    }

    /// <summary>Reads one state of the index, whatever is written meanwhile.</summary>
    public T Read<T>(Func<IndexSession, T> read)
    {
        if (!_readers.TryTake(out var session))
        {
            session = Open();
        }

        try
        {
            var result = session.InTransaction(writes: false, read);
            _readers.Add(session);
            return result;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        while (_readers.TryTake(out var session))
        {
            session.Dispose();
        }
    }
}
