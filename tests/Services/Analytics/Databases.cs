using System.Reflection;
using Xunit.Sdk;

namespace DaprShop.Services.Tests.Analytics;

public enum Database
{
    Sqlite,
    Postgres,
}

/// <summary>Runs a theory on SQLite.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnSqliteAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Database.Sqlite]];
}

/// <summary>Runs a theory on a real PostgreSQL; where there is none it says so and is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnPostgresAttribute : DataAttribute
{
    public OnPostgresAttribute() => Skip = PostgresCluster.Missing;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Database.Postgres]];
}

/// <summary>New databases for the tests: SQLite files in a temporary directory, and one PostgreSQL that starts when it is first asked for.</summary>
public sealed class Databases : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("analytics-");
    private PostgresCluster? _postgres;

    /// <summary>The settings of a service that uses a new and empty database.</summary>
    internal async Task<(string Name, string Value)[]> CreateAsync(Database database)
    {
        if (database == Database.Sqlite)
        {
            return [("DATA_DIR", Path.Combine(_directory.FullName, $"{Guid.NewGuid():N}"))];
        }

        _postgres ??= await PostgresCluster.StartNewAsync();
        return [("ANALYTICS_CONNECTION", await _postgres.CreateDatabaseAsync())];
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }
    }
}

[CollectionDefinition(Name)]
public sealed class AnalyticsCollection : ICollectionFixture<Databases>
{
    public const string Name = "analytics";
}
