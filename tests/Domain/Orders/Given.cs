using DaprShop.Contracts;
using DaprShop.Orders.Domain;

namespace DaprShop.Domain.Tests.Orders;

/// <summary>Orders in the states that tests start from.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Money Eur(decimal amount) => new(amount, "EUR");

    public static Order EmptyOrder() => Order.Start("0f8fad5b-d9cb-469f-a165-70867728950e", "ann", "EUR", Now);

    /// <summary>Two mugs at 3.50 and two cups at 2.00.</summary>
    public static Order PlacedOrder()
    {
        var order = EmptyOrder();
        order.AddLine("mug", "Mug", 2, Eur(3.50m));
        order.AddLine("cup", "Cup", 2, Eur(2.00m));
        Place(order);
        return order;
    }

    public static Order ConfirmedOrder()
    {
        var order = PlacedOrder();
        order.Seal(Now);
        order.Confirm("INV-1", Now);
        return order.Saved();
    }

    public static void Place(Order order, Money? total = null) => order.Place(
        new Price(total ?? order.State.Total, []),
        new Address("1 The Headrow", "Leeds", "West Yorkshire", "LS1 4AP", "GB"),
        new PaymentMethod("card", "tok_1"),
        requiresApproval: false,
        requestHash: "hash",
        Now);

    /// <summary>The order as it is after it was saved and loaded: its events are told.</summary>
    public static Order Saved(this Order order) => new(order.State);
}
