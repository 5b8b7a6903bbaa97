namespace DaprShop.Domain;

/// <summary>The entity through which a cluster of objects is changed and saved; it collects what happened until it is saved.</summary>
public abstract class AggregateRoot(string id) : Entity(id)
{
    private readonly List<DomainEvent> _events = [];

    /// <summary>What happened since the aggregate was loaded, oldest first.</summary>
    public IReadOnlyList<DomainEvent> Events => _events;

    /// <summary>Notes that something happened.</summary>
    protected void Raise(DomainEvent happened) => _events.Add(happened);
}
