using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>POST /customers. Without an id the service makes one.</summary>
public sealed record RegisterCustomer(string? Id, string Email, string Name, bool Premium = false);

public sealed record CustomerResponse(string Id, string Email, string Name, bool Premium, bool Active, DateTimeOffset CreatedAt);

/// <summary>PUT /customers/{id}. The address that the customer logs in with stays as it is.</summary>
public sealed record UpdateCustomer(string Email, string Name);

/// <summary>POST /customers/lookup: several customers in one call.</summary>
public sealed record LookUpCustomers(IReadOnlyList<string> Ids);

/// <summary>The customers that could be read, the ids that nobody has, and those that could not be looked up: ask again for these.</summary>
public sealed record CustomersFound(IReadOnlyList<CustomerResponse> Found, IReadOnlyList<string> Missing, IReadOnlyList<string> Failed);

/// <summary>POST /customers/{id}/addresses.</summary>
public sealed record AddAddress(PostalAddress Address, bool MakeDefault = false);

/// <summary>One of a customer's addresses.</summary>
public sealed record AddressResponse(string Id, PostalAddress Address, bool IsDefault);

/// <summary>GET /customers/{id}/addresses, oldest first.</summary>
public sealed record AddressesResponse(IReadOnlyList<AddressResponse> Addresses);

/// <summary>PUT /customers/{id}/preferences: all of them.</summary>
public sealed record SavePreferences(string Language, string Currency, bool OrderUpdates, bool Newsletter);

/// <summary>GET /customers/{id}/preferences.</summary>
public sealed record PreferencesResponse(string Language, string Currency, bool OrderUpdates, bool Newsletter);

/// <summary>Topic customers.</summary>
public sealed record CustomerRegistered(string CustomerId, string Email, string Name, DateTimeOffset At) : DomainEvent(At);
