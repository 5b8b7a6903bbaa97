using System.Collections.Frozen;
using DaprShop.Contracts;
using Yarp.ReverseProxy.Model;

namespace DaprShop.Gateway;

/// <summary>Who may use a route. Whose order it is, is for its service to say.</summary>
public enum Access
{
    Anyone,
    Customer,
    Staff,
}

/// <summary>
/// A route of the shop that the outside may use: its methods, its path, the app that serves it, and who may use it. The path keeps all
/// but <c>/api</c> on its way, unless <see cref="Target"/> says otherwise.
/// </summary>
public sealed record PublicRoute(string Methods, string Path, string App, Access Access)
{
    public string Id => $"{Methods} {Path}";

    public string? Target { get; init; }

    public string TargetPath => Target ?? Path[PublicRoutes.Prefix.Length..];

    /// <summary>One of <see cref="RateLimits"/>.</summary>
    public string? Limit { get; init; }

    /// <summary>Reads that are the same for everyone, and better old than not at all.</summary>
    public bool StaleWhenDown { get; init; }
}

/// <summary>The one list of what is reachable from outside. Nothing else of any service is.</summary>
public static class PublicRoutes
{
    /// <summary>What the gateway puts in front of a service's paths.</summary>
    public const string Prefix = "/api";

    /// <summary>The card company, which is outside and has no sidecar: it is called at its own address.</summary>
    public const string CardProvider = "cardprovider";

    public static IReadOnlyList<PublicRoute> All { get; } =
    [
        new("GET", "/api/products", AppIds.Catalog, Access.Anyone) { Limit = RateLimits.Products, StaleWhenDown = true },
        new("GET", "/api/products/{sku}", AppIds.Catalog, Access.Anyone) { Limit = RateLimits.Product, StaleWhenDown = true },
        new("POST", "/api/products", AppIds.Catalog, Access.Staff),
        new("PUT", "/api/products/{sku}/price", AppIds.Catalog, Access.Staff),
        new("POST", "/api/products/{sku}/discontinuation", AppIds.Catalog, Access.Staff),
        new("POST", "/api/products/{sku}/reviews", AppIds.Catalog, Access.Customer) { Limit = RateLimits.OrdersWrite },

        new("GET", "/api/search/products", AppIds.Search, Access.Anyone) { Limit = RateLimits.Products, StaleWhenDown = true },
        new("GET", "/api/search/products/{sku}", AppIds.Search, Access.Anyone) { Limit = RateLimits.Product, StaleWhenDown = true },
        new("GET", "/api/search/popular", AppIds.Search, Access.Anyone) { Limit = RateLimits.Products, StaleWhenDown = true },
        new("GET", "/api/search/categories", AppIds.Search, Access.Anyone) { Limit = RateLimits.Products, StaleWhenDown = true },
        new("GET POST", "/api/search/rebuild", AppIds.Search, Access.Staff),

        new("POST", "/api/users", AppIds.Identity, Access.Anyone) { Limit = RateLimits.UsersWrite },
        new("GET", "/api/users/{id}", AppIds.Identity, Access.Customer) { Limit = RateLimits.UsersRead },
        new("POST", "/api/users/verification", AppIds.Identity, Access.Anyone) { Limit = RateLimits.UsersWrite },
        new("POST", "/api/users/verification-messages", AppIds.Identity, Access.Anyone) { Limit = RateLimits.UsersWrite },
        new("POST", "/api/users/{id}/verification", AppIds.Identity, Access.Staff),
        new("POST", "/api/sessions", AppIds.Identity, Access.Anyone) { Limit = RateLimits.UsersWrite },
        new("POST", "/api/sessions/refresh", AppIds.Identity, Access.Anyone) { Limit = RateLimits.UsersWrite },
        new("POST", "/api/sessions/revocation", AppIds.Identity, Access.Anyone) { Limit = RateLimits.UsersWrite },

        new("POST", "/api/customers", AppIds.Customers, Access.Staff) { Limit = RateLimits.UsersWrite },
        new("GET", "/api/customers/{id}", AppIds.Customers, Access.Customer) { Limit = RateLimits.UsersRead },
        new("PUT", "/api/customers/{id}", AppIds.Customers, Access.Customer) { Limit = RateLimits.UsersWrite },
        new("POST", "/api/customers/{id}/deactivation", AppIds.Customers, Access.Customer) { Limit = RateLimits.UsersWrite },
        new("PUT DELETE", "/api/customers/{id}/premium", AppIds.Customers, Access.Staff),
        new("GET", "/api/customers/{id}/addresses", AppIds.Customers, Access.Customer) { Limit = RateLimits.UsersRead },
        new("POST", "/api/customers/{id}/addresses", AppIds.Customers, Access.Customer) { Limit = RateLimits.UsersWrite },
        new("DELETE", "/api/customers/{id}/addresses/{addressId}", AppIds.Customers, Access.Customer) { Limit = RateLimits.UsersWrite },
        new("PUT", "/api/customers/{id}/addresses/{addressId}/default", AppIds.Customers, Access.Customer) { Limit = RateLimits.UsersWrite },
        new("GET", "/api/customers/{id}/preferences", AppIds.Customers, Access.Customer) { Limit = RateLimits.UsersRead },
        new("PUT", "/api/customers/{id}/preferences", AppIds.Customers, Access.Customer) { Limit = RateLimits.UsersWrite },

        new("GET", "/api/inventory/{sku}", AppIds.Inventory, Access.Anyone) { Limit = RateLimits.Product },
        new("GET", "/api/inventory/{sku}/warehouses", AppIds.Inventory, Access.Staff),
        new("POST", "/api/inventory/{sku}/deliveries", AppIds.Inventory, Access.Staff),
        new("GET", "/api/inventory/restocking", AppIds.Inventory, Access.Staff),
        new("GET", "/api/warehouses", AppIds.Inventory, Access.Staff),

        new("GET", "/api/orders", AppIds.Orders, Access.Customer) { Limit = RateLimits.OrdersRead },
        new("POST", "/api/orders", AppIds.Orders, Access.Customer) { Limit = RateLimits.OrdersWrite },
        new("GET", "/api/orders/{id}", AppIds.Orders, Access.Customer) { Limit = RateLimits.OrdersRead },
        new("GET", "/api/orders/{id}/invoice", AppIds.Orders, Access.Customer) { Limit = RateLimits.OrdersRead },
        new("GET", "/api/orders/{id}/saga", AppIds.Orders, Access.Customer) { Limit = RateLimits.OrdersRead },
        new("POST", "/api/orders/{id}/cancel", AppIds.Orders, Access.Customer) { Limit = RateLimits.OrdersWrite },
        new("POST", "/api/orders/{id}/approval", AppIds.Orders, Access.Staff),
        new("POST", "/api/orders/{id}/returns", AppIds.Orders, Access.Customer) { Limit = RateLimits.OrdersWrite },
        new("GET", "/api/orders/{id}/returns/{returnId}/saga", AppIds.Orders, Access.Customer) { Limit = RateLimits.OrdersRead },

        new("GET PUT", "/api/accounts/{customerId}", AppIds.Accounts, Access.Customer) { Limit = RateLimits.UsersRead },
        new("GET", "/api/accounts/{customerId}/history", AppIds.Accounts, Access.Customer) { Limit = RateLimits.UsersRead },
        new("POST", "/api/accounts/{customerId}/deposits", AppIds.Accounts, Access.Staff),
        new("POST", "/api/accounts/{customerId}/withdrawals", AppIds.Accounts, Access.Staff),
        new("GET", "/api/balances", AppIds.Accounts, Access.Staff),
        new("POST", "/api/balances/replay", AppIds.Accounts, Access.Staff),

        new("GET", "/api/payments/{orderId}", AppIds.Payments, Access.Customer) { Limit = RateLimits.OrdersRead },
        new("POST", "/api/payments/{orderId}/refunds/{refundId}/settlement", AppIds.Payments, Access.Staff),
        new("GET", "/api/shipments/{orderId}", AppIds.Shipping, Access.Customer) { Limit = RateLimits.OrdersRead },
        new("GET", "/api/tracking/{orderId}", AppIds.Tracking, Access.Customer) { Limit = RateLimits.OrdersRead },
        new("GET", "/api/analytics/events", AppIds.Analytics, Access.Staff) { Target = "/events" },
        new("POST", "/api/analytics/actions", AppIds.Analytics, Access.Customer) { Target = "/actions", Limit = RateLimits.UsersRead },
        new("GET", "/api/analytics/sales", AppIds.Analytics, Access.Staff),
        new("GET", "/api/analytics/sales/total", AppIds.Analytics, Access.Staff),
        new("GET", "/api/analytics/products/top", AppIds.Analytics, Access.Staff),
        new("GET", "/api/analytics/conversion", AppIds.Analytics, Access.Staff),

        new("GET", "/api/operations/dead-letters", AppIds.Operations, Access.Staff) { Target = "/dead-letters" },
        new("POST", "/api/operations/dead-letters/replay", AppIds.Operations, Access.Staff) { Target = "/dead-letters/replay" },
        new("GET DELETE", "/api/operations/dead-letters/{id}", AppIds.Operations, Access.Staff) { Target = "/dead-letters/{id}" },
        new("POST", "/api/operations/dead-letters/{id}/replay", AppIds.Operations, Access.Staff) { Target = "/dead-letters/{id}/replay" },
        new("GET", "/api/operations/messages", AppIds.Notifications, Access.Staff) { Target = "/messages" },
        new("GET", "/api/operations/messages/{id}", AppIds.Notifications, Access.Staff) { Target = "/messages/{id}" },

        new("POST", "/api/keys/rotation", AppIds.Identity, Access.Staff),
        new("GET", "/api/operations/payments/breaker", AppIds.Payments, Access.Staff) { Target = "/payments/provider/health" },
        new("PUT", "/api/operations/shipping/faults", AppIds.Shipping, Access.Staff) { Target = "/faults" },
        new("PUT", "/api/operations/cardprovider/faults", CardProvider, Access.Staff) { Target = "/faults" },
        new("GET", "/api/operations/cardprovider/ledger", CardProvider, Access.Staff) { Target = "/ledger" },
    ];

    private static readonly FrozenDictionary<string, PublicRoute> s_byId = All.ToFrozenDictionary(route => route.Id);

    /// <summary>The route that a request took; null for the gateway's own pages, and for what is not found.</summary>
    public static PublicRoute? Of(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<RouteModel>() is { } taken ? s_byId[taken.Config.RouteId] : null;
}
