using DaprShop.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace DaprShop.Analytics;

/// <summary>PostgreSQL where ANALYTICS_CONNECTION is its connection string, else an SQLite file.</summary>
internal static class AnalyticsDatabase
{
    // Any number will do, if nobody else who locks in this database has it.
    private const string LockOfTheSchema = "SELECT pg_advisory_xact_lock(5107)";

    public static void AddAnalyticsDatabase(this WebApplicationBuilder builder)
    {
        var postgres = builder.Configuration["ANALYTICS_CONNECTION"];
        builder.Services.AddDbContextFactory<AnalyticsContext>(options => _ = string.IsNullOrEmpty(postgres)
            ? options.UseSqlite($"Data Source={builder.DataFile("analytics.db")}")
            : options.UseNpgsql(postgres));
        builder.Services.AddSingleton<SeriesStore>();
    }

    /// <summary>Creates the tables that are missing; replicas may start at the same time.</summary>
    public static void CreateAnalyticsTables(this WebApplication app)
    {
        using var context = app.Services.GetRequiredService<IDbContextFactory<AnalyticsContext>>().CreateDbContext();
        var database = context.Database;
        if (database.IsSqlite())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(database.GetDbConnection().DataSource)!);
            database.ExecuteSqlRaw("PRAGMA journal_mode = 'wal'");
        }

        using var transaction = database.BeginTransaction();
        if (database.IsNpgsql())
        {
            database.ExecuteSqlRaw(LockOfTheSchema);
        }

        database.ExecuteSqlRaw(database.GenerateCreateScript()
            .Replace("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", StringComparison.Ordinal)
            .Replace("CREATE INDEX ", "CREATE INDEX IF NOT EXISTS ", StringComparison.Ordinal));
        transaction.Commit();
    }
}
