namespace DaprShop.Inventory.Domain;

/// <summary>
/// The part of the stock that a batch of commands touches. Commands are decided on one after another, each on what the ones
/// before it left; a command changes everything it means to or nothing. What changed is remembered, to be stored together.
/// </summary>
public sealed class StockBook(IEnumerable<Stock> stocks, IEnumerable<Reservation> reservations, IEnumerable<Delivery> deliveries)
{
    private readonly Dictionary<string, Stock> _stocks = stocks.ToDictionary(stock => stock.Sku, StringComparer.Ordinal);
    private readonly Dictionary<string, Reservation> _reservations = reservations.ToDictionary(one => one.OrderId, StringComparer.Ordinal);
    private readonly Dictionary<(string Sku, string Id), Delivery> _deliveries = deliveries.ToDictionary(one => (one.Sku, one.Id));
    private readonly HashSet<string> _changedStocks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changedReservations = new(StringComparer.Ordinal);
    private readonly HashSet<(string Sku, string Id)> _newDeliveries = [];

    public IEnumerable<Stock> ChangedStocks => _changedStocks.Select(sku => _stocks[sku]);

    public IEnumerable<Reservation> ChangedReservations => _changedReservations.Select(orderId => _reservations[orderId]);

    public IEnumerable<Delivery> NewDeliveries => _newDeliveries.Select(key => _deliveries[key]);

    public Stock StockOf(string sku) => _stocks.GetValueOrDefault(sku) ?? Stock.None(sku);

    public StockOutcome Receive(Delivery delivery)
    {
        var key = (delivery.Sku, delivery.Id);
        if (_deliveries.TryGetValue(key, out var known))
        {
            return known.Units == delivery.Units
                ? new StockOutcome.Delivered(StockOf(delivery.Sku))
                : new StockOutcome.Reused($"Delivery {delivery.Id} brought {known.Units} units of {delivery.Sku}, not {delivery.Units}.");
        }

        if (delivery.Units > int.MaxValue - StockOf(delivery.Sku).Received)
        {
            return new StockOutcome.Conflict($"{delivery.Sku} cannot take {delivery.Units} units more.");
        }

        Move([new StockLine(delivery.Sku, delivery.Units)], (stock, units) => stock.Receive(units));
        _deliveries[key] = delivery;
        _newDeliveries.Add(key);
        return new StockOutcome.Delivered(StockOf(delivery.Sku));
    }

    /// <summary>All lines or none.</summary>
    public StockOutcome Reserve(string orderId, IReadOnlyList<StockLine> wanted)
    {
        var lines = StockLine.Merge(wanted);
        if (_reservations.TryGetValue(orderId, out var known))
        {
            return Repeat(known, lines);
        }

        Shortage[] shortages =
        [
            .. lines.Select(line => new Shortage(line.Sku, line.Units, StockOf(line.Sku).OnHand))
                .Where(shortage => shortage.Available < shortage.Requested),
        ];
        if (shortages.Length > 0)
        {
            Keep(new Reservation(orderId, ReservationState.Refused, lines) { Shortages = shortages });
            return new StockOutcome.OutOfStock(shortages);
        }

        Move(lines, (stock, units) => stock.Reserve(units));
        return Keep(new Reservation(orderId, ReservationState.Reserved, lines));
    }

    /// <summary>The goods leave: reserved becomes shipped.</summary>
    public StockOutcome Commit(string orderId)
    {
        if (!_reservations.TryGetValue(orderId, out var reservation))
        {
            return new StockOutcome.Unknown();
        }

        switch (reservation.State)
        {
            case ReservationState.Committed:
                return new StockOutcome.Settled(reservation);
            case ReservationState.Reserved:
                Move(reservation.Lines, (stock, units) => stock.Ship(units));
                return Keep(reservation with { State = ReservationState.Committed });
            default:
                return new StockOutcome.Conflict($"Order {orderId} holds no goods: its reservation is {reservation.State}.");
        }
    }

    /// <summary>
    /// The goods are free again. An order that holds none is marked all the same, so that a request to reserve for it that was
    /// overtaken by this one finds the mark and leaks no stock.
    /// </summary>
    public StockOutcome Release(string orderId)
    {
        if (!_reservations.TryGetValue(orderId, out var reservation))
        {
            return Keep(new Reservation(orderId, ReservationState.Released, []));
        }

        switch (reservation.State)
        {
            case ReservationState.Released or ReservationState.Refused:
                return new StockOutcome.Settled(reservation);
            case ReservationState.Reserved:
                Move(reservation.Lines, (stock, units) => stock.Release(units));
                return Keep(reservation with { State = ReservationState.Released });
            default:
                return new StockOutcome.Conflict($"The goods of order {orderId} have left: they can be returned, not released.");
        }
    }

    /// <summary>Shipped units come back and are on hand again.</summary>
    public StockOutcome TakeBack(string orderId, StockReturn goods)
    {
        if (!_reservations.TryGetValue(orderId, out var reservation))
        {
            return new StockOutcome.Unknown();
        }

        var lines = StockLine.Merge(goods.Lines);
        if (reservation.Returns.FirstOrDefault(one => one.Id == goods.Id) is { } known)
        {
            return StockLine.Same(known.Lines, lines)
                ? new StockOutcome.Settled(reservation)
                : new StockOutcome.Reused($"Return {goods.Id} brought other goods.");
        }

        if (reservation.State != ReservationState.Committed)
        {
            return new StockOutcome.Conflict($"The goods of order {orderId} have not left: its reservation is {reservation.State}.");
        }

        if (lines.FirstOrDefault(line => line.Units > reservation.Outstanding(line.Sku)) is { } excess)
        {
            return new StockOutcome.NotReturnable(
                $"Of {excess.Sku} {reservation.Outstanding(excess.Sku)} units can come back for order {orderId}, not {excess.Units}.");
        }

        Move(lines, (stock, units) => stock.TakeBack(units));
        return Keep(reservation with { Returns = [.. reservation.Returns, new StockReturn(goods.Id, lines)] });
    }

    private static StockOutcome Repeat(Reservation known, IReadOnlyList<StockLine> lines) => known.State switch
    {
        ReservationState.Released => new StockOutcome.Conflict($"Order {known.OrderId} was released: nothing can be reserved for it any more."),
        _ when !StockLine.Same(known.Lines, lines) => new StockOutcome.Reused($"Order {known.OrderId} asked for other goods before."),
        ReservationState.Refused => new StockOutcome.OutOfStock(known.Shortages),
        _ => new StockOutcome.Settled(known),
    };

    // All new stocks are made before the first is kept: a move that cannot be made leaves no trace.
    private void Move(IReadOnlyList<StockLine> lines, Func<Stock, int, Stock> move)
    {
        foreach (var stock in lines.Select(line => move(StockOf(line.Sku), line.Units)).ToList())
        {
            _stocks[stock.Sku] = stock;
            _changedStocks.Add(stock.Sku);
        }
    }

    private StockOutcome.Settled Keep(Reservation reservation)
    {
        _reservations[reservation.OrderId] = reservation;
        _changedReservations.Add(reservation.OrderId);
        return new StockOutcome.Settled(reservation);
    }
}
