namespace DaprShop.Contracts;

/// <summary>App ids: how services name one another when they invoke.</summary>
public static class AppIds
{
    public const string Gateway = "gateway";
    public const string Customers = "customers";
    public const string Catalog = "catalog";
    public const string Inventory = "inventory";
    public const string Orders = "orders";
    public const string Payments = "payments";
    public const string Shipping = "shipping";
    public const string Analytics = "analytics";
    public const string Identity = "identity";
    public const string Search = "search";
    public const string Accounts = "accounts";
    public const string Tracking = "tracking";
    public const string Notifications = "notifications";
    public const string Operations = "operations";
}

/// <summary>State stores: one a service, scoped to it.</summary>
public static class Stores
{
    public const string Customers = "customers-store";
    public const string Catalog = "catalog-store";
    public const string Inventory = "inventory-store";
    public const string Orders = "orders-store";
    public const string Payments = "payments-store";
    public const string Shipping = "shipping-store";
    public const string Preferences = "preferences-store";
    public const string Identity = "identity-store";
    public const string Accounts = "accounts-store";
    public const string Operations = "operations-store";

    /// <summary>A cache: its values end with their time to live, and losing it loses nothing.</summary>
    public const string SearchCache = "search-cache";
}

/// <summary>Secret stores, as components.</summary>
public static class SecretStores
{
    /// <summary>The one of the shop; a service finds its own secret there by its app id.</summary>
    public const string Secrets = "secretstore";
}

/// <summary>The pub/sub component and its topics: one a publishing service; events on it are told apart by their type.</summary>
public static class Topics
{
    public const string PubSub = "pubsub";

    /// <summary>The same topics for a service each replica of which has to get every event; the replicas of others share them.</summary>
    public const string Broadcast = "broadcast";

    /// <summary>The same topics for search, whose replicas share the events where they share an index, and each get all of them elsewhere.</summary>
    public const string IndexEvents = "search-events";

    public const string Customers = "customers";
    public const string Catalog = "catalog";
    public const string Orders = "orders";
    public const string Payments = "payments";
    public const string Shipping = "shipping";
    public const string Identity = "identity";
    public const string Inventory = "inventory";
    public const string Accounts = "accounts";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Customers, Catalog, Orders, Payments, Shipping, Identity, Inventory, Accounts];

    /// <summary>Where a message goes that a handler could not take.</summary>
    public static string DeadLetters(string topic) => $"{topic}-dead";
}
