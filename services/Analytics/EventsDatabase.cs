using Microsoft.EntityFrameworkCore;

namespace DaprShop.Analytics;

/// <summary>The SQLite file of this service: ANALYTICS_DB, or <c>.dapr/analytics.db</c> at the root of the repository.</summary>
internal static class EventsDatabase
{
    public static void AddEventsDatabase(this WebApplicationBuilder builder)
    {
        var path = builder.Configuration["ANALYTICS_DB"] is { Length: > 0 } configured
            ? configured
            : Path.Combine(builder.Environment.ContentRootPath, "../../.dapr/analytics.db");
        builder.Services.AddDbContextFactory<EventsContext>(options => options.UseSqlite($"Data Source={Path.GetFullPath(path)}"));
    }

    /// <summary>Creates file and tables when they are missing (in WAL mode, as EF Core does for SQLite).</summary>
    public static void CreateEventsDatabase(this WebApplication app)
    {
        using var context = app.Services.GetRequiredService<IDbContextFactory<EventsContext>>().CreateDbContext();
        Directory.CreateDirectory(Path.GetDirectoryName(context.Database.GetDbConnection().DataSource)!);
        context.Database.EnsureCreated();
    }
}
