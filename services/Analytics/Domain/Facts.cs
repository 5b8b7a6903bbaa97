using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Analytics.Domain;

/// <summary>What one event adds to the time series.</summary>
internal sealed record Facts(Sale? Sale, IReadOnlyList<SoldProduct> Products, UserAction? Action)
{
    private const int MaxAttribute = 512;

    private static readonly Facts s_none = new(null, [], null);

    /// <summary>Null if this cannot be an event of the shop: it is not of its type, or cannot be told from others.</summary>
    public static Facts? Of(string topic, string? id, string? source, string? type, JsonElement data)
    {
        if (!IsAttribute(id) || !IsAttribute(source) || !IsAttribute(type))
        {
            return null;
        }

        try
        {
            return (topic, type) switch
            {
                (Topics.Orders, nameof(OrderCreated)) => Of(id!, source!, Read<OrderCreated>(data)),
                (Topics.Orders, nameof(OrderConfirmed)) => Of(id!, source!, Read<OrderConfirmed>(data)),
                (Topics.Orders, nameof(OrderCancelled)) => Of(id!, source!, Read<OrderCancelled>(data)),
                (Topics.Orders, nameof(OrderReturned)) => Of(id!, source!, Read<OrderReturned>(data)),
                _ => s_none,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Facts? Of(string id, string source, OrderCreated? placed) =>
        placed is not null && AreIds(placed.OrderId, placed.CustomerId) && HasTime(placed)
            ? s_none with { Action = Did(id, source, ActionNames.Placed, placed.CustomerId, placed.OrderId, placed.At) }
            : null;

    private static Facts? Of(string id, string source, OrderCancelled? cancelled) =>
        cancelled is not null && AreIds(cancelled.OrderId, cancelled.CustomerId) && HasTime(cancelled)
            ? s_none with { Action = Did(id, source, ActionNames.Cancelled, cancelled.CustomerId, cancelled.OrderId, cancelled.At) }
            : null;

    private static Facts? Of(string id, string source, OrderConfirmed? confirmed)
    {
        if (confirmed is null || !AreIds(confirmed.OrderId, confirmed.CustomerId) || !HasTime(confirmed)
            || !MinorUnits.TryFrom(confirmed.Total, out var total))
        {
            return null;
        }

        var (currency, at) = (confirmed.Total.Currency, confirmed.At.ToUnixTimeMilliseconds());
        var products = new Dictionary<string, SoldProduct>();
        foreach (var line in confirmed.Lines ?? [])
        {
            if (line is null || !Identifiers.IsSku(line.Sku) || line.Quantity <= 0 || line.Total?.Currency != currency
                || !MinorUnits.TryFrom(line.Total, out var amount))
            {
                return null;
            }

            var sold = products.GetValueOrDefault(line.Sku) ?? new SoldProduct(id, source, line.Sku, currency, 0, 0, at);
            products[line.Sku] = sold with { Units = sold.Units + line.Quantity, Amount = sold.Amount + amount };
        }

        return new Facts(
            new Sale(id, source, confirmed.OrderId, currency, IsReturn: false, total, at),
            [.. products.Values],
            Did(id, source, ActionNames.Confirmed, confirmed.CustomerId, confirmed.OrderId, confirmed.At));
    }

    private static Facts? Of(string id, string source, OrderReturned? returned)
    {
        if (returned is null || !Identifiers.IsId(returned.OrderId) || !HasTime(returned) || !MinorUnits.TryFrom(returned.Amount, out var amount)
            || returned.Lines is not { } lines || lines.Any(line => line is null || !Identifiers.IsSku(line.Sku) || line.Quantity <= 0))
        {
            return null;
        }

        var (currency, at) = (returned.Amount.Currency, returned.At.ToUnixTimeMilliseconds());
        return new Facts(
            new Sale(id, source, returned.OrderId, currency, IsReturn: true, amount, at),
            [
                .. from line in lines
                   group line by line.Sku into product
                   select new SoldProduct(id, source, product.Key, currency, -product.Sum(line => (long)line.Quantity), 0, at),
            ],
            Identifiers.IsId(returned.CustomerId)
                ? Did(id, source, ActionNames.Returned, returned.CustomerId!, returned.OrderId, returned.At)
                : null);
    }

    private static UserAction Did(string id, string source, string action, string customerId, string orderId, DateTimeOffset at) => new(
        id, source, customerId, action, JsonSerializer.Serialize(new { orderId }), at.ToUnixTimeMilliseconds());

    private static T? Read<T>(JsonElement data)
        where T : class => data.ValueKind == JsonValueKind.Object ? data.Deserialize<T>(ContractsJson.Options) : null;

    private static bool AreIds(string? orderId, string? customerId) => Identifiers.IsId(orderId) && Identifiers.IsId(customerId);

    private static bool HasTime(DomainEvent happened) => happened.At >= DateTimeOffset.UnixEpoch;

    private static bool IsAttribute(string? text) => text is { Length: > 0 and <= MaxAttribute } && !text.Any(char.IsControl);
}
