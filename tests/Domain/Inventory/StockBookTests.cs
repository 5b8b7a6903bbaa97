using DaprShop.Inventory.Domain;

namespace DaprShop.Domain.Tests.Inventory;

public sealed class StockBookTests
{
    private readonly StockBook _book = Book.Empty();

    [Fact]
    public void A_delivery_is_on_hand()
    {
        _book.Receive(Book.Delivery("mug", "d1", 10));

        Assert.Equal(new Units(10, 10, 0, 0), _book.StockOf("mug").Total());
    }

    [Fact]
    public void A_delivery_that_is_reported_twice_is_counted_once()
    {
        _book.Receive(Book.Delivery("mug", "d1", 10));
        _book.Receive(Book.Delivery("mug", "d1", 10));

        Assert.Equal(10, _book.StockOf("mug").Total().Received);
    }

    [Fact]
    public void A_delivery_id_with_another_quantity_is_a_conflict()
    {
        _book.Receive(Book.Delivery("mug", "d1", 10));

        Assert.IsType<StockOutcome.Reused>(_book.Receive(Book.Delivery("mug", "d1", 11)));
        Assert.Equal(10, _book.StockOf("mug").Total().Received);
    }

    [Fact]
    public void The_same_delivery_may_bring_several_products()
    {
        _book.Receive(Book.Delivery("mug", "d1", 10));
        _book.Receive(Book.Delivery("cup", "d1", 5));

        Assert.Equal(5, _book.StockOf("cup").Total().OnHand);
    }

    [Fact]
    public void More_than_can_be_counted_is_refused()
    {
        _book.Receive(Book.Delivery("mug", "d1", int.MaxValue));

        Assert.IsType<StockOutcome.Conflict>(_book.Receive(Book.Delivery("mug", "d2", 1)));
    }

    [Fact]
    public void A_reservation_takes_from_what_is_on_hand()
    {
        Stocked(("mug", 10));

        var outcome = _book.Reserve("o1", new StockLine("mug", 4));

        Assert.Equal(ReservationState.Reserved, Assert.IsType<StockOutcome.Settled>(outcome).Reservation.State);
        Assert.Equal(new Units(10, 6, 4, 0), _book.StockOf("mug").Total());
    }

    [Fact]
    public void Two_lines_of_one_product_are_one()
    {
        Stocked(("mug", 10));

        Assert.IsType<StockOutcome.OutOfStock>(_book.Reserve("o1", new StockLine("mug", 6), new StockLine("mug", 6)));
    }

    [Fact]
    public void All_lines_are_reserved_or_none()
    {
        Stocked(("mug", 10), ("cup", 1));

        var refused = Assert.IsType<StockOutcome.OutOfStock>(_book.Reserve("o1", new StockLine("mug", 4), new StockLine("cup", 2), new StockLine("jug", 1)));

        Assert.Equal([new Shortage("cup", 2, 1), new Shortage("jug", 1, 0)], refused.Shortages);
        Assert.Equal(10, _book.StockOf("mug").Total().OnHand);
    }

    [Fact]
    public void The_same_request_gets_the_first_answer()
    {
        Stocked(("mug", 5));

        _book.Reserve("o1", new StockLine("mug", 4));
        var again = _book.Reserve("o1", new StockLine("mug", 4));

        Assert.IsType<StockOutcome.Settled>(again);
        Assert.Equal(4, _book.StockOf("mug").Total().Reserved);
    }

    [Fact]
    public void A_refusal_stays_one_when_goods_arrive_later()
    {
        _book.Reserve("o1", new StockLine("mug", 4));
        Stocked(("mug", 10));

        Assert.IsType<StockOutcome.OutOfStock>(_book.Reserve("o1", new StockLine("mug", 4)));
        Assert.Equal(0, _book.StockOf("mug").Total().Reserved);
    }

    [Fact]
    public void An_order_cannot_ask_for_other_goods()
    {
        Stocked(("mug", 10));
        _book.Reserve("o1", new StockLine("mug", 4));

        Assert.IsType<StockOutcome.Reused>(_book.Reserve("o1", new StockLine("mug", 5)));
    }

    [Fact]
    public void A_release_gives_back_once()
    {
        Stocked(("mug", 10));
        _book.Reserve("o1", new StockLine("mug", 4));

        _book.Release("o1");
        _book.Release("o1");

        Assert.Equal(new Units(10, 10, 0, 0), _book.StockOf("mug").Total());
    }

    [Fact]
    public void A_reservation_that_comes_after_its_release_takes_nothing()
    {
        Stocked(("mug", 10));

        _book.Release("o1");

        Assert.IsType<StockOutcome.Conflict>(_book.Reserve("o1", new StockLine("mug", 4)));
        Assert.Equal(0, _book.StockOf("mug").Total().Reserved);
    }

    [Fact]
    public void A_commit_ships_once()
    {
        Stocked(("mug", 10));
        _book.Reserve("o1", new StockLine("mug", 4));

        _book.Commit("o1");
        _book.Commit("o1");

        Assert.Equal(new Units(10, 6, 0, 4), _book.StockOf("mug").Total());
    }

    [Fact]
    public void What_was_never_reserved_cannot_be_committed() => Assert.IsType<StockOutcome.Unknown>(_book.Commit("o1"));

    [Fact]
    public void What_was_released_cannot_be_committed()
    {
        Stocked(("mug", 10));
        _book.Reserve("o1", new StockLine("mug", 4));
        _book.Release("o1");

        Assert.IsType<StockOutcome.Conflict>(_book.Commit("o1"));
    }

    [Fact]
    public void What_has_left_cannot_be_released()
    {
        Stocked(("mug", 10));
        _book.Reserve("o1", new StockLine("mug", 4));
        _book.Commit("o1");

        Assert.IsType<StockOutcome.Conflict>(_book.Release("o1"));
    }

    [Fact]
    public void A_return_is_on_hand_again_once()
    {
        Shipped("o1", "mug", 4);

        _book.TakeBack("o1", new StockReturn("r1", [new("mug", 3)]));
        _book.TakeBack("o1", new StockReturn("r1", [new("mug", 3)]));

        Assert.Equal(new Units(10, 9, 0, 1), _book.StockOf("mug").Total());
    }

    [Fact]
    public void No_more_can_come_back_than_was_shipped()
    {
        Shipped("o1", "mug", 4);
        _book.TakeBack("o1", new StockReturn("r1", [new("mug", 3)]));

        Assert.IsType<StockOutcome.NotReturnable>(_book.TakeBack("o1", new StockReturn("r2", [new("mug", 2)])));
        Assert.Equal(9, _book.StockOf("mug").Total().OnHand);
    }

    [Fact]
    public void A_return_id_with_other_goods_is_a_conflict()
    {
        Shipped("o1", "mug", 4);
        _book.TakeBack("o1", new StockReturn("r1", [new("mug", 3)]));

        Assert.IsType<StockOutcome.Reused>(_book.TakeBack("o1", new StockReturn("r1", [new("mug", 1)])));
    }

    [Fact]
    public void Only_what_changed_is_to_be_stored()
    {
        var book = Book.Of(Book.Stock("mug", ("coventry", 5)), Book.Stock("cup", ("coventry", 5)));

        book.Reserve("o1", new StockLine("mug", 1));

        Assert.Equal("mug", Assert.Single(book.ChangedStocks).Sku);
        Assert.Equal("o1", Assert.Single(book.ChangedReservations).OrderId);
        Assert.Empty(book.NewDeliveries);
    }

    private void Stocked(params (string Sku, int Units)[] goods)
    {
        foreach (var (sku, units) in goods)
        {
            _book.Receive(Book.Delivery(sku, "first", units));
        }
    }

    private void Shipped(string orderId, string sku, int units)
    {
        Stocked((sku, 10));
        _book.Reserve(orderId, new StockLine(sku, units));
        _book.Commit(orderId);
    }
}
