using DaprShop.Inventory.Domain;

namespace DaprShop.Domain.Tests.Inventory;

public sealed class StockInvariantTests
{
    private static readonly string[] s_skus = ["mug", "cup", "jug"];
    private static readonly string[] s_warehouses = [.. Warehouse.NearestFirst(null)];
    private static readonly GeoPoint[] s_places = [Geography.HeartOf("GB"), Geography.HeartOf("DE"), Geography.HeartOf("US")];

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
        var book = Book.Empty();
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
        Assert.Contains(book.ChangedReservations, reservation => reservation.Picks.Select(pick => pick.Warehouse).Distinct().Count() > 1);
    }

    [Fact]
    public void A_stock_cannot_be_moved_below_nothing()
    {
        var stock = new Units(5, 2, 2, 1);

        Assert.Throws<DomainException>(() => stock.Reserve(3));
        Assert.Throws<DomainException>(() => stock.Ship(3));
        Assert.Throws<DomainException>(() => stock.Release(3));
        Assert.Throws<DomainException>(() => stock.TakeBack(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => stock.Reserve(0));
    }

    private static StockCommand Next(Random random)
    {
        var orderId = $"o{random.Next(150)}";
        return random.Next(11) switch
        {
            0 => new ReceiveGoods(new Delivery(s_skus[random.Next(3)], $"d{random.Next(60)}", random.Next(1, 20), s_warehouses[random.Next(3)])),
            < 5 => new ReserveLines(orderId, Lines(random), Warehouse.NearestFirst(s_places[random.Next(3)]), TimeSpan.FromMinutes(random.Next(-1, 2))),
            < 7 => new CommitReservation(orderId),
            7 => new ReleaseReservation(orderId),
            8 => new ExpireReservation(orderId),
            _ => new TakeBackLines(orderId, new StockReturn($"r{random.Next(3)}", Lines(random))),
        };
    }

    private static StockLine[] Lines(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => new StockLine(s_skus[random.Next(3)], random.Next(1, 4)))];

    private static void Check(StockBook book, Dictionary<(string Sku, string Id), int> delivered)
    {
        foreach (var sku in s_skus)
        {
            Assert.All(book.StockOf(sku).Shelves, shelf => CheckUnits(shelf.Units));
            var stock = book.StockOf(sku).Total();
            CheckUnits(stock);
            Assert.Equal(stock.Received, delivered.Where(delivery => delivery.Key.Sku == sku).Sum(delivery => delivery.Value));
            Assert.Equal(stock.Reserved, Held(book, ReservationState.Reserved, sku));
            Assert.Equal(stock.Shipped, Held(book, ReservationState.Committed, sku));
        }
    }

    private static void CheckUnits(Units units)
    {
        Assert.Equal(units.Received, units.OnHand + units.Reserved + units.Shipped);
        Assert.True(units is { OnHand: >= 0, Reserved: >= 0, Shipped: >= 0 });
    }

    private static int Held(StockBook book, ReservationState state, string sku) =>
        book.ChangedReservations.Where(reservation => reservation.State == state).Sum(reservation => reservation.Outstanding(sku));
}
