using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Orders.Domain;
using static DaprShop.Domain.Tests.Orders.Given;

namespace DaprShop.Domain.Tests.Orders;

public sealed class OrderTests
{
    [Fact]
    public void Adding_a_product_again_merges_the_quantities()
    {
        var order = EmptyOrder();

        order.AddLine("mug", "Mug", 2, Eur(3.50m));
        order.AddLine("cup", "Cup", 1, Eur(2.00m));
        order.AddLine("mug", "Mug", 3, Eur(3.50m));

        Assert.Equal([("mug", 5), ("cup", 1)], order.State.Lines.Select(line => (line.Sku, line.Quantity)));
        Assert.Equal(Eur(19.50m), order.State.Total);
    }

    [Fact]
    public void A_removed_product_no_longer_counts()
    {
        var order = EmptyOrder();
        order.AddLine("mug", "Mug", 2, Eur(3.50m));
        order.AddLine("cup", "Cup", 1, Eur(2.00m));

        order.RemoveLine("mug");
        order.RemoveLine("never-added");

        Assert.Equal(["cup"], order.State.Lines.Select(line => line.Sku));
        Assert.Equal(Eur(2), order.State.Total);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_001)]
    public void A_quantity_is_1_to_10000(int quantity) =>
        Assert.Equal("quantity", Assert.Throws<DomainException>(() => EmptyOrder().AddLine("mug", "Mug", quantity, Eur(1))).Field);

    [Fact]
    public void A_product_of_another_currency_is_refused() =>
        Assert.Equal("currency", Assert.Throws<DomainException>(() => EmptyOrder().AddLine("mug", "Mug", 1, new Money(1, "GBP"))).Field);

    [Fact]
    public void Placing_it_tells_of_the_order_once()
    {
        var order = PlacedOrder();

        var created = Assert.IsType<OrderCreated>(Assert.Single(order.Events));
        Assert.Equal(order.Id, created.OrderId);
        Assert.Equal(new MoneyAmount(11.00m, "EUR"), created.Total);
        Assert.Equal([new OrderLineRequest("mug", 2), new OrderLineRequest("cup", 2)], created.Lines);
    }

    [Fact]
    public void An_order_without_lines_cannot_be_placed() =>
        Assert.Equal("lines", Assert.Throws<DomainException>(() => Place(EmptyOrder())).Field);

    [Fact]
    public void An_order_without_lines_or_address_cannot_be_confirmed()
    {
        var withoutAddress = EmptyOrder();
        withoutAddress.AddLine("mug", "Mug", 1, Eur(1));
        var withoutLines = EmptyOrder();

        withoutAddress.Seal(Now);
        withoutLines.Seal(Now);

        Assert.Equal("lines", Assert.Throws<DomainException>(() => withoutLines.Confirm("INV-1", Now)).Field);
        Assert.Equal("shippingAddress", Assert.Throws<DomainException>(() => withoutAddress.Confirm("INV-1", Now)).Field);
    }

    [Fact]
    public void Confirming_issues_one_invoice_over_the_total()
    {
        var order = PlacedOrder().Saved();

        order.Seal(Now);
        order.Confirm("INV-1", Now);
        order.Confirm("INV-2", Now.AddMinutes(1));

        Assert.Equal(OrderStatus.Confirmed, order.Status);
        Assert.Equal(new InvoiceResponse("INV-1", new MoneyAmount(11.00m, "EUR"), Now), order.State.Invoice);
        var confirmed = Assert.IsType<OrderConfirmed>(Assert.Single(order.Events));
        Assert.Equal(new OrderConfirmed(order.Id, "ann", "INV-1", new MoneyAmount(11.00m, "EUR"), Now), confirmed with { Lines = null });
        Assert.Equal(order.State.Lines.Select(line => new SoldLine(line.Sku, line.Quantity, line.Total().ToContract())), confirmed.Lines);
    }

    [Fact]
    public void A_sealed_order_whose_goods_are_gone_is_opened_again_and_can_be_cancelled()
    {
        var order = PlacedOrder().Saved();
        order.Seal(Now);

        order.Reopen(Now);
        order.Cancel("confirm", Problems.OutOfStock, "The goods are gone", Now);

        Assert.Equal(OrderStatus.Cancelled, order.Status);
        Assert.Throws<DomainException>(() => ConfirmedOrder().Reopen(Now));
    }

    [Fact]
    public void Lines_only_change_while_it_is_Pending()
    {
        var order = ConfirmedOrder();

        Assert.Throws<DomainException>(() => order.AddLine("mug", "Mug", 1, Eur(1)));
        Assert.Throws<DomainException>(() => order.RemoveLine("mug"));
        Assert.Throws<DomainException>(() => Place(order));
    }

    [Fact]
    public void A_wish_to_cancel_stops_the_confirmation()
    {
        var order = PlacedOrder().Saved();

        order.RequestCancellation("changed my mind", Now);

        Assert.IsType<OrderCancellationRequested>(Assert.Single(order.Events));
        Assert.Equal(OrderStatus.Pending, order.Status);
        Assert.Equal(OrderRules.CancelledByCustomer, Assert.Throws<DomainException>(() => order.Seal(Now)).Code);
        Assert.Throws<DomainException>(() => order.Confirm("INV-1", Now));
    }

    [Fact]
    public void A_sealed_order_is_as_good_as_confirmed()
    {
        var order = PlacedOrder().Saved();

        order.Seal(Now);
        order.Seal(Now.AddMinutes(1));

        Assert.Equal(Problems.OrderNotCancellable, Assert.Throws<DomainException>(() => order.RequestCancellation("late", Now)).Code);
        Assert.Throws<DomainException>(() => order.Cancel("ship", "no-carrier", "late", Now));
        Assert.Empty(order.Events);
    }

    [Fact]
    public void Asking_to_cancel_again_changes_nothing()
    {
        var order = PlacedOrder();
        order.RequestCancellation("first", Now);
        order = order.Saved();

        order.RequestCancellation("second", Now);

        Assert.Equal("first", order.State.CancellationReason);
        Assert.Empty(order.Events);
    }

    [Fact]
    public void A_confirmed_order_cannot_be_cancelled()
    {
        var order = ConfirmedOrder();

        Assert.Equal(Problems.OrderNotCancellable, Assert.Throws<DomainException>(() => order.RequestCancellation("late", Now)).Code);
        Assert.Throws<DomainException>(() => order.Cancel("charge", "card-declined", "no", Now));
        Assert.Equal(OrderStatus.Confirmed, order.Status);
    }

    [Fact]
    public void A_cancelled_order_says_why_and_stays_cancelled()
    {
        var order = PlacedOrder().Saved();

        order.Cancel("charge", Problems.CardDeclined, "The card was declined", Now);
        order.Cancel("ship", Problems.NoCarrier, "Too late", Now);

        Assert.Equal(new CancellationResponse("charge", Problems.CardDeclined, "The card was declined", Now), order.State.Cancellation);
        Assert.Equal(new OrderCancelled(order.Id, "ann", "charge", Problems.CardDeclined, Now), Assert.Single(order.Events));
        Assert.Throws<DomainException>(() => order.Seal(Now));
    }

    [Fact]
    public void Only_legal_moves_lead_from_one_status_to_another()
    {
        (OrderStatus, OrderStatus)[] legal =
        [
            (OrderStatus.Pending, OrderStatus.Confirmed),
            (OrderStatus.Pending, OrderStatus.Cancelled),
            (OrderStatus.Confirmed, OrderStatus.Shipped),
            (OrderStatus.Shipped, OrderStatus.Delivered),
        ];
        var all = Enum.GetValues<OrderStatus>();

        Assert.Equal(legal, from before in all from after in all where OrderRules.IsLegal(before, after) select (before, after));
    }

    [Fact]
    public void It_survives_being_stored()
    {
        var order = ConfirmedOrder();
        order.AcceptReturn("r1", [new("mug", 1)], Now);
        order.NoteShipment(ShipmentStatus.PickedUp, "Swift", "T1", Now);

        var json = JsonSerializer.Serialize(order.State, ContractsJson.Options);

        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<OrderState>(json, ContractsJson.Options), ContractsJson.Options));
    }

    [Fact]
    public void The_same_key_gives_the_same_order_id_and_another_key_another()
    {
        Assert.Equal(OrderIds.Of("ann", "key-1"), OrderIds.Of("ann", "key-1"));
        Assert.NotEqual(OrderIds.Of("ann", "key-1"), OrderIds.Of("ann", "key-2"));
        Assert.NotEqual(OrderIds.Of("ann", "key-1"), OrderIds.Of("bob", "key-1"));
    }
}
