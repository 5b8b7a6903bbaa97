namespace DaprShop.Inventory.Domain;

/// <summary>A change of the stock, and the things it needs to be decided on.</summary>
public abstract record StockCommand
{
    /// <summary>Products known before the order's reservation is; those of the reservation come in addition.</summary>
    public virtual IReadOnlyList<StockLine> Lines => [];

    public virtual string? ReservationOf => null;

    public virtual Delivery? Goods => null;

    public abstract StockOutcome ApplyTo(StockBook book);
}

public sealed record ReceiveGoods(Delivery Delivery) : StockCommand
{
    public override IReadOnlyList<StockLine> Lines { get; } = [new(Delivery.Sku, Delivery.Units)];

    public override Delivery Goods => Delivery;

    public override StockOutcome ApplyTo(StockBook book) => book.Receive(Delivery);
}

public sealed record ReserveLines(
    string OrderId, IReadOnlyList<StockLine> Wanted, IReadOnlyList<string> NearestFirst, TimeSpan HoldFor) : StockCommand
{
    public override IReadOnlyList<StockLine> Lines => Wanted;

    public override string ReservationOf => OrderId;

    public override StockOutcome ApplyTo(StockBook book) => book.Reserve(OrderId, Wanted, NearestFirst, HoldFor);
}

public sealed record CommitReservation(string OrderId) : StockCommand
{
    public override string ReservationOf => OrderId;

    public override StockOutcome ApplyTo(StockBook book) => book.Commit(OrderId);
}

public sealed record ReleaseReservation(string OrderId) : StockCommand
{
    public override string ReservationOf => OrderId;

    public override StockOutcome ApplyTo(StockBook book) => book.Release(OrderId);
}

public sealed record ExpireReservation(string OrderId) : StockCommand
{
    public override string ReservationOf => OrderId;

    public override StockOutcome ApplyTo(StockBook book) => book.Expire(OrderId);
}

public sealed record TakeBackLines(string OrderId, StockReturn Return) : StockCommand
{
    public override string ReservationOf => OrderId;

    public override StockOutcome ApplyTo(StockBook book) => book.TakeBack(OrderId, Return);
}
