namespace DaprShop.Analytics.Domain;

// The points of the time series. Id and source are those of the CloudEvent that a point comes from; times are Unix milliseconds.

/// <summary>An order that was confirmed or, as a return, some of whose money went back. The amount is in minor units, never below zero.</summary>
internal sealed record Sale(string Id, string Source, string OrderId, string Currency, bool IsReturn, long Amount, long At);

/// <summary>
/// What an event says of one product: units sold, or below zero those that came back; the amount is what they were sold for, before discounts on
/// the whole order, and nothing for a return (its event does not say it by product).
/// </summary>
internal sealed record SoldProduct(string Id, string Source, string Sku, string Currency, long Units, long Amount, long At);

/// <summary>Something that a user did; fields is a JSON object of texts.</summary>
internal sealed record UserAction(string Id, string Source, string UserId, string Action, string Fields, long At);
