namespace DaprShop.Contracts;

/// <summary>GET /events: how many different events of a type came on a topic.</summary>
public sealed record EventCount(string Topic, string Type, long Count);

public sealed record EventCounts(IReadOnlyList<EventCount> Counts);

/// <summary>Sales in one currency: of confirmed orders, what went back for returns, and the difference, which may be below zero.</summary>
public sealed record SalesFigures(long Orders, long Returns, MoneyAmount Sold, MoneyAmount Returned, MoneyAmount Net);

/// <summary>GET /analytics/sales/total?from=&amp;to=: one entry a currency; all of time without from and to.</summary>
public sealed record SalesTotals(IReadOnlyList<SalesFigures> Totals);

/// <summary>The sales of one minute, hour or day of UTC, in one currency.</summary>
public sealed record SalesBucket(DateTimeOffset Start, SalesFigures Sales);

/// <summary>
/// GET /analytics/sales?bucket=minute|hour|day&amp;from=&amp;to=&amp;currency=: in the order of time; buckets without sales are left out.
/// </summary>
public sealed record SalesSeries(string Bucket, IReadOnlyList<SalesBucket> Buckets);

/// <summary>Units are those sold less those returned; Sold is what was asked for all that was sold, before discounts on whole orders.</summary>
public sealed record TopProduct(string Sku, long Units, long Returned, MoneyAmount Sold);

/// <summary>GET /analytics/products/top?from=&amp;to=&amp;limit=: by units, the most first.</summary>
public sealed record TopProducts(IReadOnlyList<TopProduct> Products);

/// <summary>
/// GET /analytics/conversion?from=&amp;to=: users who viewed a product, who then placed an order, and for whom one was then confirmed.
/// </summary>
public sealed record Conversion(long Viewed, long Placed, long Confirmed);

/// <summary>
/// Something a user did, such as <c>product-viewed</c>, with fields of free choice. An action with an id counts once for its user. Only staff and
/// services name the user; the time is that of the call unless it is given.
/// </summary>
public sealed record RecordAction(
    string Action, string? Id = null, string? UserId = null, DateTimeOffset? At = null, Dictionary<string, string>? Fields = null);

/// <summary>POST /actions: 1 to 100 actions, all of them or none.</summary>
public sealed record RecordActions(IReadOnlyList<RecordAction> Actions);

/// <summary>How many of the actions were not known yet.</summary>
public sealed record RecordedActions(int Added);
