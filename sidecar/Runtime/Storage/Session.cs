using Microsoft.Data.Sqlite;

namespace DaprShop.Sidecar.Storage;

/// <summary>
/// One SQLite connection with its prepared statements. Parameters are positional and named <c>$1</c>, <c>$2</c>, … in the SQL.
/// Statements are cached by their text, so the text must be a constant (or one of few).
/// </summary>
public sealed class Session : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);
    private readonly List<Action> _commitActions = [];

    internal Session(SqliteConnection connection) => _connection = connection;

    internal int CommitActionCount => _commitActions.Count;

    /// <summary>Runs a statement and returns the number of changed rows.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> arguments) => Prepare(sql, arguments).ExecuteNonQuery();

    /// <summary>Runs a statement and returns the first column of its first row, or <c>default</c> when there is none.</summary>
    public T? Scalar<T>(string sql, params ReadOnlySpan<object?> arguments)
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        return reader.Read() && !reader.IsDBNull(0) ? reader.GetFieldValue<T>(0) : default;
    }

    /// <summary>Runs a query and maps each row.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<object?> arguments)
    {
        var rows = new List<T>();
        using var reader = Prepare(sql, arguments).ExecuteReader();
        while (reader.Read())
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    /// <summary>Runs a query for at most one row; <c>default</c> when there is none.</summary>
    public T? QuerySingle<T>(string sql, Func<SqliteDataReader, T> map, params ReadOnlySpan<object?> arguments)
    {
        using var reader = Prepare(sql, arguments).ExecuteReader();
        return reader.Read() ? map(reader) : default;
    }

    /// <summary>Runs <paramref name="action"/> once the transaction this session is in was committed; never if it was undone.</summary>
    public void OnCommitted(Action action) => _commitActions.Add(action);

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    internal void ExecuteScript(string script)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = script;
        command.ExecuteNonQuery();
    }

    /// <summary>Runs them all; what one throws goes to <paramref name="onError"/>.</summary>
    internal void RunCommitActions(Action<Exception> onError)
    {
        foreach (var action in _commitActions)
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                onError(e);
            }
        }

        _commitActions.Clear();
    }

    internal void TruncateCommitActions(int count) => _commitActions.RemoveRange(count, _commitActions.Count - count);

    internal void DiscardCommitActions() => _commitActions.Clear();

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> arguments)
    {
        if (!_statements.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < arguments.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i + 1}" });
            }

            _statements.Add(sql, command);
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            command.Parameters[i].Value = arguments[i] ?? DBNull.Value;
        }

        return command;
    }
}
