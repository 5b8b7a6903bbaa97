using DaprShop.Sidecar.Storage;
using Microsoft.Data.Sqlite;

namespace DaprShop.Sidecar.Tests.Storage;

public sealed class DatabaseTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("database-tests-").FullName;
    private Database _database = null!;

    public Task InitializeAsync()
    {
        _database = Database.Open(Path.Combine(_directory, "dapr.db"));
        _database.EnsureSchema("CREATE TABLE IF NOT EXISTS numbers (value INTEGER PRIMARY KEY)");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task An_acknowledged_write_is_seen_by_another_connection()
    {
        await InsertAsync(1);

        Assert.Equal([1], Stored());
    }

    [Fact]
    public async Task An_action_that_fails_after_its_commit_harms_nobody()
    {
        var woken = false;
        await _database.WriteAsync(session =>
        {
            session.Execute("INSERT INTO numbers VALUES ($1)", 1);
            session.OnCommitted(() => throw new InvalidOperationException("nobody listens"));
            session.OnCommitted(() => woken = true);
        });
        await InsertAsync(2);

        Assert.Equal([1, 2], Stored());
        Assert.True(woken);
    }

    [Fact]
    public async Task Work_that_fails_leaves_the_others_of_its_group_alone()
    {
        var committed = 0;
        // The first write holds the writer, so that the next ones are committed as one group.
        using var hold = new ManualResetEventSlim();
        var holder = _database.WriteAsync(_ => hold.Wait());
        var before = InsertAsync(1);
        var failing = _database.WriteAsync(session =>
        {
            session.Execute("INSERT INTO numbers VALUES ($1)", 2);
            session.OnCommitted(() => committed += 100);
            throw new InvalidOperationException("refused");
        });
        var duplicate = InsertAsync(1);
        var after = _database.WriteAsync(session =>
        {
            session.Execute("INSERT INTO numbers VALUES ($1)", 3);
            session.OnCommitted(() => committed++);
        });
        hold.Set();

        await Task.WhenAll(holder, before, after);
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        await Assert.ThrowsAsync<SqliteException>(() => duplicate);
        Assert.Equal([1, 3], Stored());
        Assert.Equal(1, committed);
    }

    [Fact]
    public async Task Many_writers_share_commits()
    {
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(InsertAsync));

        Assert.Equal(2000, Stored().Count);
    }

    private Task InsertAsync(int value) => _database.WriteAsync(session => session.Execute("INSERT INTO numbers VALUES ($1)", value));

    private List<int> Stored()
    {
        using var connection = new SqliteConnection($"Data Source={_database.Path};Mode=ReadOnly;Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM numbers ORDER BY value";
        using var reader = command.ExecuteReader();
        var values = new List<int>();
        while (reader.Read())
        {
            values.Add(reader.GetInt32(0));
        }

        return values;
    }
}
