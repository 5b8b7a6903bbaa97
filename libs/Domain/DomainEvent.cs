namespace DaprShop.Domain;

/// <summary>Something that happened in the domain; named in the past tense.</summary>
/// <param name="At">When it happened.</param>
public abstract record DomainEvent(DateTimeOffset At);
