using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>POST /customers. Without an id the service makes one.</summary>
public sealed record RegisterCustomer(string? Id, string Email, string Name, bool Premium = false);

public sealed record CustomerResponse(string Id, string Email, string Name, bool Premium, bool Active, DateTimeOffset CreatedAt);

/// <summary>Topic customers.</summary>
public sealed record CustomerRegistered(string CustomerId, string Email, string Name, DateTimeOffset At) : DomainEvent(At);
