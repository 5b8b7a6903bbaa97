using Microsoft.EntityFrameworkCore;

namespace DaprShop.Analytics;

/// <summary>The service's own relational store.</summary>
internal sealed class EventsContext(DbContextOptions<EventsContext> options) : DbContext(options)
{
    public DbSet<RecordedEvent> Events => Set<RecordedEvent>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<RecordedEvent>(entity =>
    {
        // What makes a CloudEvent one and the same, says its specification; a second delivery has both again.
        entity.HasKey(recorded => new { recorded.Id, recorded.Source });
        entity.HasIndex(recorded => new { recorded.Topic, recorded.Type });
    });
}

/// <summary>An event as it came: its CloudEvents attributes and its data as JSON text.</summary>
internal sealed record RecordedEvent(string Id, string Source, string Topic, string Type, DateTimeOffset Time, string Data);
