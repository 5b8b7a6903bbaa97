using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Sidecar.Storage;

/// <summary>
/// The one SQLite file behind every building block. All writes go through one thread that commits whatever is queued as a
/// group, so many callers share one fsync (<c>synchronous=FULL</c>): a write whose task completed survives kill -9 and power loss.
/// Reads run on pooled connections against a WAL snapshot and never wait for the writer.
/// </summary>
public sealed partial class Database : IAsyncDisposable
{
    private const int MaxGroup = 512;

    private readonly string _connectionString;
    private readonly string? _deleteOnDispose;
    private readonly ILogger _logger;
    private readonly Session _writer;
    private readonly Channel<PendingWrite> _queue = Channel.CreateBounded<PendingWrite>(
        new BoundedChannelOptions(8192) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly System.Collections.Concurrent.ConcurrentBag<Session> _readers = [];
    private readonly Thread _writerThread;
    private readonly TaskCompletionSource _writerEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Database(string path, bool durable, string? deleteOnDispose, ILogger? logger)
    {
        _logger = logger ?? NullLogger.Instance;
        _deleteOnDispose = deleteOnDispose;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString();
        Path = path;
        _writer = OpenSession(durable);
        _writerThread = new Thread(RunWriter) { IsBackground = true, Name = "sqlite-writer" };
        _writerThread.Start();
    }

    /// <summary>Absolute path of the database file.</summary>
    public string Path { get; }

    /// <summary>Opens (or creates) the database file at <paramref name="path"/>; its directory is created when missing.</summary>
    public static Database Open(string path, ILogger? logger = null)
    {
        var full = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        return new Database(full, durable: true, deleteOnDispose: null, logger);
    }

    /// <summary>Opens a database that lives as long as this object and is never flushed to disk: for tests and throw-away runs.</summary>
    public static Database OpenEphemeral(ILogger? logger = null)
    {
        var directory = Directory.CreateTempSubdirectory("dapr-embedded-").FullName;
        return new Database(System.IO.Path.Combine(directory, "dapr.db"), durable: false, deleteOnDispose: directory, logger);
    }

    /// <summary>Creates tables and indexes; the statements must be idempotent (<c>CREATE TABLE IF NOT EXISTS …</c>). Call before use.</summary>
    public void EnsureSchema(string script) => WriteAsync(session =>
    {
        session.ExecuteScript(script);
        return 0;
    }).GetAwaiter().GetResult();

    /// <summary>
    /// Runs <paramref name="work"/> on the writer thread inside a transaction and completes when it is on disk. An exception
    /// thrown by <paramref name="work"/> undoes that work alone and faults the returned task, a full disk with
    /// <see cref="StorageException"/>. The work must not block or await.
    /// </summary>
    public async Task<T> WriteAsync<T>(Func<Session, T> work, CancellationToken cancellationToken = default)
    {
        var write = new PendingWrite<T>(work);
        await _queue.Writer.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        return await write.Completion.Task.ConfigureAwait(false);
    }

    /// <inheritdoc cref="WriteAsync{T}(Func{Session, T}, CancellationToken)"/>
    public Task WriteAsync(Action<Session> work, CancellationToken cancellationToken = default) => WriteAsync(session =>
    {
        work(session);
        return true;
    }, cancellationToken);

    /// <summary>Runs a query on a snapshot of what is committed. Synchronous on purpose: it is a local file and takes microseconds.</summary>
    public T Read<T>(Func<Session, T> query)
    {
        if (!_readers.TryTake(out var session))
        {
            session = OpenSession(durable: true);
        }

        try
        {
            return query(session);
        }
        finally
        {
            _readers.Add(session);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writerEnded.Task.ConfigureAwait(false);
        _writer.Dispose();
        foreach (var reader in _readers)
        {
            reader.Dispose();
        }

        if (_deleteOnDispose is not null)
        {
            Directory.Delete(_deleteOnDispose, recursive: true);
        }
    }

    private Session OpenSession(bool durable)
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        var session = new Session(connection);
        session.ExecuteScript($"""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = {(durable ? "FULL" : "OFF")};
            PRAGMA busy_timeout = 5000;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -16384;
            PRAGMA journal_size_limit = 67108864;
            """);
        return session;
    }

    private void RunWriter()
    {
        var group = new List<PendingWrite>(MaxGroup);
        try
        {
            while (WaitForWork())
            {
                while (group.Count < MaxGroup && _queue.Reader.TryRead(out var write))
                {
                    group.Add(write);
                }

                Commit(group);
                group.Clear();
            }
        }
        finally
        {
            _writerEnded.SetResult();
        }
    }

    // The writer owns a thread of its own, so blocking it here costs nobody else one.
    private bool WaitForWork() => _queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();

    private void Commit(List<PendingWrite> group)
    {
        try
        {
            _writer.Execute("BEGIN IMMEDIATE");
            foreach (var write in group)
            {
                RunInSavepoint(write);
            }

            _writer.Execute("COMMIT");
        }
        catch (Exception e)
        {
            // The disk is full or the file is damaged: nothing of the group is stored, so nobody may be told that it is.
            TryRollback();
            _writer.DiscardCommitActions();
            var failure = e is SqliteException cause ? new StorageException(cause) : e;
            foreach (var write in group)
            {
                write.Fail(failure);
            }

            return;
        }

        // Whoever waits to be woken must not end the writer of all others.
        _writer.RunCommitActions(LogCommitAction);
        foreach (var write in group)
        {
            write.Complete();
        }
    }

    private void RunInSavepoint(PendingWrite write)
    {
        _writer.Execute("SAVEPOINT work");
        var mark = _writer.CommitActionCount;
        try
        {
            write.Run(_writer);
        }
        catch (Exception e) when (e is not SqliteException { SqliteErrorCode: SqliteFull or SqliteIoError or SqliteCorrupt })
        {
            write.Error = e;
            _writer.TruncateCommitActions(mark);
            _writer.Execute("ROLLBACK TO work");
        }

        _writer.Execute("RELEASE work");
    }

    private const int SqliteIoError = 10;
    private const int SqliteCorrupt = 11;
    private const int SqliteFull = 13;

    private void TryRollback()
    {
        try
        {
            _writer.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has already rolled back by itself (it does on SQLITE_FULL and SQLITE_IOERR).
        }
    }

    [LoggerMessage(LogLevel.Error, "an action after a commit failed; what was committed is stored")]
    private partial void LogCommitAction(Exception exception);

    private abstract class PendingWrite
    {
        public Exception? Error { get; set; }

        public abstract void Run(Session session);

        public abstract void Complete();

        public abstract void Fail(Exception e);
    }

    private sealed class PendingWrite<T>(Func<Session, T> work) : PendingWrite
    {
        private T _result = default!;

        public TaskCompletionSource<T> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Run(Session session) => _result = work(session);

        public override void Complete()
        {
            if (Error is null)
            {
                Completion.SetResult(_result);
            }
            else
            {
                Completion.SetException(Error);
            }
        }

        public override void Fail(Exception e) => Completion.SetException(Error ?? e);
    }
}
