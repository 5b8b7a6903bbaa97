using DaprShop.Inventory.Domain;

namespace DaprShop.Domain.Tests.Inventory;

public sealed class StockInvariantTests
{
    private static readonly string[] s_skus = ["mug", "cup", "jug"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Whatever_happens_in_whatever_order_no_unit_appears_or_is_lost(int seed)
    {
        var random = new Random(seed);
        var book = new StockBook([], [], []);
        var delivered = new Dictionary<(string, string), int>();

        for (var step = 0; step < 3_000; step++)
        {
            var outcome = Next(random).ApplyTo(book);
            if (outcome is StockOutcome.Delivered)
            {
                foreach (var delivery in book.NewDeliveries)
                {
                    delivered[(delivery.Sku, delivery.Id)] = delivery.Units;
                }
            }

            Check(book, delivered);
        }

        Assert.Contains(book.ChangedReservations, reservation => reservation.State == ReservationState.Refused);
        Assert.Contains(book.ChangedReservations, reservation => reservation.State == ReservationState.Committed);
        Assert.Contains(book.ChangedReservations, reservation => reservation.Returns.Count > 0);
    }

    [Fact]
    public void A_stock_cannot_be_moved_below_nothing()
    {
        var stock = new Stock("mug", 5, 2, 2, 1);

        Assert.Throws<DomainException>(() => stock.Reserve(3));
        Assert.Throws<DomainException>(() => stock.Ship(3));
        Assert.Throws<DomainException>(() => stock.Release(3));
        Assert.Throws<DomainException>(() => stock.TakeBack(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => stock.Reserve(0));
    }

    private static StockCommand Next(Random random)
    {
        var orderId = $"o{random.Next(150)}";
        return random.Next(10) switch
        {
            0 => new ReceiveGoods(new Delivery(s_skus[random.Next(3)], $"d{random.Next(60)}", random.Next(1, 20))),
            < 5 => new ReserveLines(orderId, Lines(random)),
            < 7 => new CommitReservation(orderId),
            7 => new ReleaseReservation(orderId),
            _ => new TakeBackLines(orderId, new StockReturn($"r{random.Next(3)}", Lines(random))),
        };
    }

    private static StockLine[] Lines(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new StockLine(s_skus[random.Next(3)], random.Next(1, 4)))];

    private static void Check(StockBook book, Dictionary<(string Sku, string Id), int> delivered)
    {
        foreach (var sku in s_skus)
        {
            var stock = book.StockOf(sku);
            Assert.Equal(stock.Received, stock.OnHand + stock.Reserved + stock.Shipped);
            Assert.True(stock is { OnHand: >= 0, Reserved: >= 0, Shipped: >= 0 });
            Assert.Equal(stock.Received, delivered.Where(delivery => delivery.Key.Sku == sku).Sum(delivery => delivery.Value));
            Assert.Equal(stock.Reserved, Held(book, ReservationState.Reserved, sku));
            Assert.Equal(stock.Shipped, Held(book, ReservationState.Committed, sku));
        }
    }

    private static int Held(StockBook book, ReservationState state, string sku) =>
        book.ChangedReservations.Where(reservation => reservation.State == state).Sum(reservation => reservation.Outstanding(sku));
}
