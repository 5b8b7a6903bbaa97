using DaprShop.Inventory.Domain;

namespace DaprShop.Domain.Tests.Inventory;

/// <summary>Reservations whose time is over.</summary>
public sealed class HoldTests
{
    private readonly StockBook _book = Book.Of(Book.Stock("mug", ("coventry", 10), ("rotterdam", 4)));

    public HoldTests() => _book.Reserve("o1", new StockLine("mug", 8));

    [Fact]
    public void Before_its_time_nothing_expires()
    {
        _book.Expire("o1");

        Assert.Equal(8, _book.StockOf("mug").Total().Reserved);
    }

    [Fact]
    public void At_its_time_the_goods_are_free_again_and_once()
    {
        var later = _book.Later(Book.Hold);

        later.Expire("o1");
        later.Expire("o1");

        Assert.Equal(new Units(14, 14, 0, 0), later.StockOf("mug").Total());
        Assert.Equal(ReservationState.Expired, Assert.Single(later.ChangedReservations).State);
    }

    [Fact]
    public void What_was_committed_does_not_expire()
    {
        _book.Commit("o1");
        var later = _book.Later(Book.Hold);

        later.Expire("o1");

        Assert.Equal(8, later.StockOf("mug").Total().Shipped);
    }

    [Fact]
    public void An_expired_reservation_can_be_committed_while_its_goods_are_where_they_were()
    {
        var later = Expired();

        Assert.IsType<StockOutcome.Settled>(later.Commit("o1"));
        Assert.Equal(new Units(10, 2, 0, 8), later.StockOf("mug").In("coventry"));
    }

    [Fact]
    public void An_expired_reservation_whose_goods_went_to_another_order_is_refused_and_sells_nothing_twice()
    {
        var later = Expired();
        later.Reserve("o2", new StockLine("mug", 3));

        var refused = Assert.IsType<StockOutcome.OutOfStock>(later.Commit("o1"));

        Assert.Equal([new Shortage("mug", 8, 7)], refused.Shortages);
        Assert.Equal(new Units(14, 11, 3, 0), later.StockOf("mug").Total());
    }

    [Fact]
    public void Asked_for_again_an_expired_reservation_is_made_again()
    {
        var later = Expired();

        var again = Assert.IsType<StockOutcome.Settled>(later.Reserve("o1", new StockLine("mug", 8)));

        Assert.Equal(Book.Now + Book.Hold + Book.Hold, again.Reservation.ExpiresAt);
        Assert.Equal(8, later.StockOf("mug").Total().Reserved);
    }

    [Fact]
    public void What_expired_can_be_released_and_then_never_be_had_again()
    {
        var later = Expired();
        later.Release("o1");

        Assert.IsType<StockOutcome.Conflict>(later.Commit("o1"));
        Assert.IsType<StockOutcome.Conflict>(later.Reserve("o1", new StockLine("mug", 8)));
    }

    [Fact]
    public void Returned_units_go_where_they_came_from()
    {
        _book.Reserve("o2", new StockLine("mug", 5));
        _book.Commit("o2");

        _book.TakeBack("o2", new StockReturn("r1", [new("mug", 3)]));
        _book.TakeBack("o2", new StockReturn("r2", [new("mug", 2)]));

        Assert.Equal(new Units(10, 2, 8, 0), _book.StockOf("mug").In("coventry"));
        Assert.Equal(new Units(4, 4, 0, 0), _book.StockOf("mug").In("rotterdam"));
    }

    private StockBook Expired()
    {
        var later = _book.Later(Book.Hold);
        later.Expire("o1");
        return later;
    }
}
