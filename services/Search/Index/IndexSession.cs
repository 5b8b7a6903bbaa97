using Microsoft.Data.Sqlite;

namespace DaprShop.Search.Index;

/// <summary>A connection to the index that keeps its statements prepared. Parameters are $1, $2, … Used by one at a time.</summary>
internal sealed class IndexSession(SqliteConnection connection) : IDisposable
{
    // A rebuild makes tables of other names, so statements go out of use.
    private const int MaxStatements = 100;

    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);

    /// <summary>Runs a statement; gives the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Prepared(sql, values).ExecuteNonQuery();

    /// <summary>Runs statements without parameters, such as a schema.</summary>
    public void ExecuteAll(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepared(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    public long Count(string sql, params ReadOnlySpan<object?> values) => (long)Prepared(sql, values).ExecuteScalar()!;

    /// <summary>All or nothing of what <paramref name="work"/> does. What is to write waits for its turn before it begins.</summary>
    public T InTransaction<T>(bool writes, Func<IndexSession, T> work)
    {
        if (_statements.Count > MaxStatements)
        {
            Forget();
        }

        Execute(writes ? "BEGIN IMMEDIATE" : "BEGIN");
        try
        {
            var result = work(this);
            Execute("COMMIT");
            return result;
        }
        catch
        {
            TryRollBack();
            throw;
        }
    }

    public void Dispose()
    {
        Forget();
        connection.Dispose();
    }

    private SqliteCommand Prepared(string sql, ReadOnlySpan<object?> values)
    {
        if (!_statements.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            }

            _statements.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command;
    }

    private void TryRollBack()
    {
        try
        {
            Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite rolled back itself (a full disk); what led to it is on its way to the caller.
        }
    }

    private void Forget()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
    }
}
