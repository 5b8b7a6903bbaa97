using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Orders.Domain;
using static DaprShop.Domain.Tests.Orders.Given;

namespace DaprShop.Domain.Tests.Orders;

public sealed class ReturnTests
{
    [Fact]
    public void An_order_that_is_not_confirmed_has_nothing_to_return()
    {
        var refused = Assert.Throws<DomainException>(() => PlacedOrder().AcceptReturn("r1", [new("mug", 1)], Now));

        Assert.Equal(Problems.OrderNotReturnable, refused.Code);
    }

    [Theory]
    [InlineData("plate", 1, "lines[1].sku")]
    [InlineData("cup", 3, "lines[1].quantity")]
    [InlineData("cup", 0, "lines[1].quantity")]
    [InlineData("mug", 2, "lines[1].quantity")]
    public void More_than_was_ordered_cannot_be_returned(string sku, int quantity, string field)
    {
        OrderLineRequest[] lines = [new("mug", 1), new(sku, quantity)];

        Assert.Equal(field, Assert.Throws<DomainException>(() => ConfirmedOrder().AcceptReturn("r1", lines, Now)).Field);
    }

    [Fact]
    public void Units_of_an_accepted_return_cannot_be_returned_again_even_before_they_are_credited()
    {
        var order = ConfirmedOrder();
        order.AcceptReturn("r1", [new("mug", 2)], Now);

        var refused = Assert.Throws<DomainException>(() => order.AcceptReturn("r2", [new("mug", 1)], Now));

        Assert.Equal("lines[0].quantity", refused.Field);
    }

    [Fact]
    public void The_same_return_is_accepted_once()
    {
        var order = ConfirmedOrder();
        var first = order.AcceptReturn("r1", [new("mug", 1)], Now);
        order = order.Saved();

        Assert.Equal(first, order.AcceptReturn("r1", [new("mug", 1)], Now.AddDays(1)));
        Assert.Empty(order.Events);
        Assert.Equal(
            Problems.IdempotencyKeyReused,
            Assert.Throws<DomainException>(() => order.AcceptReturn("r1", [new("mug", 2)], Now)).Code);
    }

    [Fact]
    public void A_return_gives_back_its_share_of_what_was_paid()
    {
        var order = OrderOver(total: 9.90m, (Quantity: 2, Price: 3.50m), (Quantity: 2, Price: 2.00m));

        Assert.Equal(Eur(3.15m), order.AcceptReturn("r1", [new("p0", 1)], Now).Amount);
    }

    [Fact]
    public void All_returns_together_give_back_exactly_what_was_paid()
    {
        var order = OrderOver(total: 10.00m, (Quantity: 3, Price: 3.33m), (Quantity: 7, Price: 0.01m));

        List<Money> amounts = [];
        for (var i = 0; i < 3; i++)
        {
            amounts.Add(order.AcceptReturn($"p0-{i}", [new("p0", 1)], Now).Amount);
        }

        for (var i = 0; i < 7; i++)
        {
            amounts.Add(order.AcceptReturn($"p1-{i}", [new("p1", 1)], Now).Amount);
        }

        Assert.Equal(10.00m, amounts.Sum(amount => amount.Amount));
    }

    [Fact]
    public void Units_that_were_free_are_worth_nothing() =>
        Assert.Equal(Eur(0), OrderOver(total: 0, (Quantity: 1, Price: 0)).AcceptReturn("r1", [new("p0", 1)], Now).Amount);

    [Fact]
    public void A_credited_return_is_told_once()
    {
        var order = ConfirmedOrder();
        order.AcceptReturn("r1", [new("mug", 1)], Now);
        order = order.Saved();

        order.CreditReturn("r1", Now);
        order.CreditReturn("r1", Now.AddDays(1));

        var returned = Assert.IsType<OrderReturned>(Assert.Single(order.Events));
        Assert.Equal(("r1", new MoneyAmount(3.50m, "EUR")), (returned.ReturnId, returned.Amount));
        Assert.Equal(Now, Assert.Single(order.State.Returns).CreditedAt);
    }

    private static Order OrderOver(decimal total, params (int Quantity, decimal Price)[] lines)
    {
        var order = EmptyOrder();
        for (var i = 0; i < lines.Length; i++)
        {
            order.AddLine($"p{i}", $"Product {i}", lines[i].Quantity, Eur(lines[i].Price));
        }

        Place(order, Eur(total));
        order.Seal(Now);
        order.Confirm("INV-1", Now);
        return order;
    }
}
