namespace DaprShop.Contracts;

/// <summary>An amount of money on the wire: major units (12.50) and an ISO 4217 code.</summary>
public sealed record MoneyAmount(decimal Amount, string Currency);

/// <summary>A postal address on the wire; country is ISO 3166 alpha-2.</summary>
public sealed record PostalAddress(string Street, string City, string State, string PostalCode, string Country);

/// <summary>A number of units of one product.</summary>
public sealed record OrderLineRequest(string Sku, int Quantity);

/// <summary>One page of a list; <paramref name="Next"/> is the token of the next page, null on the last.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
