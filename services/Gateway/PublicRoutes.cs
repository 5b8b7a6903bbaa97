using DaprShop.Contracts;

namespace DaprShop.Gateway;

/// <summary>
/// A route of the shop that the outside may use: its methods, its path, and the app that serves it. The path keeps all but
/// <c>/api</c> on its way, unless <paramref name="Target"/> says otherwise.
/// </summary>
public sealed record PublicRoute(string Methods, string Path, string App, string? Target = null)
{
    public string TargetPath => Target ?? Path[PublicRoutes.Prefix.Length..];
}

/// <summary>The one list of what is reachable from outside. Nothing else of any service is.</summary>
public static class PublicRoutes
{
    /// <summary>What the gateway puts in front of a service's paths.</summary>
    public const string Prefix = "/api";

    /// <summary>The card company, which is outside and has no sidecar: the one app that is called at its own address.</summary>
    public const string CardProvider = "cardprovider";

    public static IReadOnlyList<PublicRoute> All { get; } =
    [
        new("GET POST", "/api/products", AppIds.Catalog),
        new("GET", "/api/products/{sku}", AppIds.Catalog),
        new("PUT", "/api/products/{sku}/price", AppIds.Catalog),
        new("POST", "/api/products/{sku}/discontinuation", AppIds.Catalog),
        new("POST", "/api/products/{sku}/reviews", AppIds.Catalog),

        new("GET", "/api/search/products", AppIds.Search),
        new("GET", "/api/search/products/{sku}", AppIds.Search),
        new("GET", "/api/search/popular", AppIds.Search),
        new("GET", "/api/search/categories", AppIds.Search),
        new("GET POST", "/api/search/rebuild", AppIds.Search),

        new("POST", "/api/users", AppIds.Identity),
        new("GET", "/api/users/{id}", AppIds.Identity),
        new("POST", "/api/users/verification", AppIds.Identity),
        new("POST", "/api/users/verification-messages", AppIds.Identity),
        new("POST", "/api/users/{id}/verification", AppIds.Identity),
        new("POST", "/api/sessions", AppIds.Identity),
        new("POST", "/api/sessions/refresh", AppIds.Identity),
        new("POST", "/api/sessions/revocation", AppIds.Identity),
        new("POST", "/api/keys/rotation", AppIds.Identity),

        new("POST", "/api/customers", AppIds.Customers),
        new("GET", "/api/customers/{id}", AppIds.Customers),

        new("GET", "/api/inventory/{sku}", AppIds.Inventory),
        new("POST", "/api/inventory/{sku}/deliveries", AppIds.Inventory),

        new("GET POST", "/api/orders", AppIds.Orders),
        new("GET", "/api/orders/{id}", AppIds.Orders),
        new("GET", "/api/orders/{id}/invoice", AppIds.Orders),
        new("GET", "/api/orders/{id}/saga", AppIds.Orders),
        new("POST", "/api/orders/{id}/cancel", AppIds.Orders),
        new("POST", "/api/orders/{id}/approval", AppIds.Orders),
        new("POST", "/api/orders/{id}/returns", AppIds.Orders),
        new("GET", "/api/orders/{id}/returns/{returnId}/saga", AppIds.Orders),

        new("GET PUT", "/api/accounts/{customerId}", AppIds.Accounts),
        new("GET", "/api/accounts/{customerId}/history", AppIds.Accounts),
        new("POST", "/api/accounts/{customerId}/deposits", AppIds.Accounts),
        new("POST", "/api/accounts/{customerId}/withdrawals", AppIds.Accounts),
        new("GET", "/api/balances", AppIds.Accounts),
        new("POST", "/api/balances/replay", AppIds.Accounts),

        new("GET", "/api/payments/{orderId}", AppIds.Payments),
        new("POST", "/api/payments/{orderId}/refunds/{refundId}/settlement", AppIds.Payments),
        new("GET", "/api/shipments/{orderId}", AppIds.Shipping),
        new("GET", "/api/analytics/events", AppIds.Analytics, "/events"),
        new("POST", "/api/analytics/actions", AppIds.Analytics, "/actions"),
        new("GET", "/api/analytics/sales", AppIds.Analytics),
        new("GET", "/api/analytics/sales/total", AppIds.Analytics),
        new("GET", "/api/analytics/products/top", AppIds.Analytics),
        new("GET", "/api/analytics/conversion", AppIds.Analytics),

        new("GET", "/api/operations/dead-letters", AppIds.Operations, "/dead-letters"),
        new("POST", "/api/operations/dead-letters/replay", AppIds.Operations, "/dead-letters/replay"),
        new("GET DELETE", "/api/operations/dead-letters/{id}", AppIds.Operations, "/dead-letters/{id}"),
        new("POST", "/api/operations/dead-letters/{id}/replay", AppIds.Operations, "/dead-letters/{id}/replay"),
        new("GET", "/api/operations/messages", AppIds.Notifications, "/messages"),
        new("GET", "/api/operations/messages/{id}", AppIds.Notifications, "/messages/{id}"),

        new("GET", "/api/operations/payments/breaker", AppIds.Payments, "/payments/provider/health"),
        new("PUT", "/api/operations/shipping/faults", AppIds.Shipping, "/faults"),
        new("PUT", "/api/operations/cardprovider/faults", CardProvider, "/faults"),
        new("GET", "/api/operations/cardprovider/ledger", CardProvider, "/ledger"),
    ];
}
