namespace DaprShop.Services.Tests;

/// <summary>What the gateway, and its sidecar, say of who calls.</summary>
internal static class Callers
{
    public static (string Name, string Value)[] Nobody { get; } = [("dapr-caller-app-id", "gateway")];

    public static (string Name, string Value)[] Staff { get; } = [.. Nobody, ("X-User-Id", "staff"), ("X-User-Roles", "customer,staff")];

    public static (string Name, string Value)[] Customer(string id) => [.. Nobody, ("X-User-Id", id), ("X-User-Roles", "customer")];
}
