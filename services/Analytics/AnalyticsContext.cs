using DaprShop.Analytics.Domain;
using Microsoft.EntityFrameworkCore;

namespace DaprShop.Analytics;

/// <summary>The service's own relational store: the events, and the time series that they and the users' actions make.</summary>
internal sealed class AnalyticsContext(DbContextOptions<AnalyticsContext> options) : DbContext(options)
{
    public DbSet<RecordedEvent> Events => Set<RecordedEvent>();

    public DbSet<Sale> Sales => Set<Sale>();

    public DbSet<SoldProduct> SoldProducts => Set<SoldProduct>();

    public DbSet<UserAction> UserActions => Set<UserAction>();

    // An event is one and the same by id and source, says CloudEvents. Each other index holds all columns that its queries add up: a rollup
    // reads a range of the index and nothing else.
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RecordedEvent>(entity =>
        {
            entity.HasKey(recorded => new { recorded.Id, recorded.Source });
            entity.HasIndex(recorded => new { recorded.Topic, recorded.Type });
        });
        modelBuilder.Entity<Sale>(entity =>
        {
            entity.HasKey(sale => new { sale.Id, sale.Source });
            entity.HasIndex(sale => new { sale.At, sale.Currency, sale.IsReturn, sale.Amount });
        });
        modelBuilder.Entity<SoldProduct>(entity =>
        {
            entity.HasKey(sold => new { sold.Id, sold.Source, sold.Sku });
            entity.HasIndex(sold => new { sold.At, sold.Sku, sold.Currency, sold.Units, sold.Amount });
        });
        modelBuilder.Entity<UserAction>(entity =>
        {
            entity.HasKey(action => new { action.Id, action.Source });
            entity.HasIndex(action => new { action.Action, action.At, action.UserId });
        });
    }
}

/// <summary>An event as it came: its CloudEvents attributes and its data as JSON text.</summary>
internal sealed record RecordedEvent(string Id, string Source, string Topic, string Type, DateTimeOffset Time, string Data);
