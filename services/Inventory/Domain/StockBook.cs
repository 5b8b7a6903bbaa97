using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Inventory.Domain;

/// <summary>
/// The part of the stock that a batch of commands touches. Commands are decided on one after another, each on what the ones
/// before it left; a command changes everything it means to or nothing. What changed is remembered, to be stored together.
/// </summary>
public sealed class StockBook(
    IEnumerable<Stock> stocks, IEnumerable<Reservation> reservations, IEnumerable<Delivery> deliveries, RestockPolicy policy, DateTimeOffset now)
{
    private readonly Dictionary<string, Stock> _stocks = stocks.ToDictionary(stock => stock.Sku, StringComparer.Ordinal);
    private readonly Dictionary<string, Reservation> _reservations = reservations.ToDictionary(one => one.OrderId, StringComparer.Ordinal);
    private readonly Dictionary<(string Sku, string Id), Delivery> _deliveries = deliveries.ToDictionary(one => (one.Sku, one.Id));
    private readonly HashSet<string> _changedStocks = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changedReservations = new(StringComparer.Ordinal);
    private readonly HashSet<(string Sku, string Id)> _newDeliveries = [];
    private readonly List<DomainEvent> _events = [];

    public IEnumerable<Stock> ChangedStocks => _changedStocks.Select(sku => _stocks[sku]);

    public IEnumerable<Reservation> ChangedReservations => _changedReservations.Select(orderId => _reservations[orderId]);

    public IEnumerable<Delivery> NewDeliveries => _newDeliveries.Select(key => _deliveries[key]);

    /// <summary>What the suppliers' side of the shop should hear of.</summary>
    public IReadOnlyList<DomainEvent> Events => _events;

    public Stock StockOf(string sku) => _stocks.GetValueOrDefault(sku) ?? Stock.None(sku);

    public StockOutcome Receive(Delivery delivery)
    {
        var key = (delivery.Sku, delivery.Id);
        if (_deliveries.TryGetValue(key, out var known))
        {
            return known == delivery
                ? new StockOutcome.Delivered(StockOf(delivery.Sku))
                : new StockOutcome.Reused(
                    $"Delivery {delivery.Id} brought {known.Units} units of {delivery.Sku} to {known.Warehouse}, not {delivery.Units} to {delivery.Warehouse}.");
        }

        if (delivery.Units > int.MaxValue - StockOf(delivery.Sku).Total().Received)
        {
            return new StockOutcome.Conflict($"{delivery.Sku} cannot take {delivery.Units} units more.");
        }

        Move([new Pick(delivery.Sku, delivery.Warehouse, delivery.Units)], (stock, units) => stock.Receive(units));
        _deliveries[key] = delivery;
        _newDeliveries.Add(key);
        CloseProposal(delivery);
        return new StockOutcome.Delivered(StockOf(delivery.Sku));
    }

    /// <summary>All lines or none, for so long and no longer.</summary>
    public StockOutcome Reserve(string orderId, IReadOnlyList<StockLine> wanted, IReadOnlyList<string> nearestFirst, TimeSpan holdFor)
    {
        var lines = StockLine.Merge(wanted);
        if (_reservations.TryGetValue(orderId, out var known) && Repeat(known, lines) is { } answer)
        {
            return answer;
        }

        Shortage[] shortages =
        [
            .. lines.Select(line => new Shortage(line.Sku, line.Units, StockOf(line.Sku).Total().OnHand))
                .Where(shortage => shortage.Available < shortage.Requested),
        ];
        if (shortages.Length > 0)
        {
            Keep(new Reservation(orderId, ReservationState.Refused, lines) { Shortages = shortages });
            return new StockOutcome.OutOfStock(shortages);
        }

        var picks = Allocation.Plan(lines, StockOf, nearestFirst);
        Move(picks, (stock, units) => stock.Reserve(units));
        return Keep(new Reservation(orderId, ReservationState.Reserved, lines) { Picks = picks, ExpiresAt = now + holdFor });
    }

    /// <summary>
    /// The goods leave: reserved becomes shipped. A reservation that expired is made again if its goods still lie where they were picked
    /// (a parcel may have been planned from there), and is refused otherwise.
    /// </summary>
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
            case ReservationState.Expired when Missing(reservation) is { Length: > 0 } shortages:
                return new StockOutcome.OutOfStock(shortages);
            case ReservationState.Expired:
                Move(reservation.Picks, (stock, units) => stock.Reserve(units).Ship(units));
                return Keep(reservation with { State = ReservationState.Committed });
            case ReservationState.Reserved:
                Move(reservation.Picks, (stock, units) => stock.Ship(units));
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
            case ReservationState.Expired:
                return Keep(reservation with { State = ReservationState.Released });
            case ReservationState.Reserved:
                Move(reservation.Picks, (stock, units) => stock.Release(units));
                return Keep(reservation with { State = ReservationState.Released });
            default:
                return new StockOutcome.Conflict($"The goods of order {orderId} have left: they can be returned, not released.");
        }
    }

    /// <summary>Frees the goods of a reservation whose time is over; any other is left as it is.</summary>
    public StockOutcome Expire(string orderId)
    {
        if (!_reservations.TryGetValue(orderId, out var reservation))
        {
            return new StockOutcome.Unknown();
        }

        if (reservation.State != ReservationState.Reserved || reservation.ExpiresAt > now)
        {
            return new StockOutcome.Settled(reservation);
        }

        Move(reservation.Picks, (stock, units) => stock.Release(units));
        return Keep(reservation with { State = ReservationState.Expired });
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

        Move(reservation.PicksOf(lines), (stock, units) => stock.TakeBack(units));
        return Keep(reservation with { Returns = [.. reservation.Returns, new StockReturn(goods.Id, lines)] });
    }

    // Null when the request is to be decided on anew.
    private static StockOutcome? Repeat(Reservation known, IReadOnlyList<StockLine> lines) => known.State switch
    {
        ReservationState.Released => new StockOutcome.Conflict($"Order {known.OrderId} was released: nothing can be reserved for it any more."),
        _ when !StockLine.Same(known.Lines, lines) => new StockOutcome.Reused($"Order {known.OrderId} asked for other goods before."),
        ReservationState.Refused => new StockOutcome.OutOfStock(known.Shortages),
        ReservationState.Expired => null,
        _ => new StockOutcome.Settled(known),
    };

    private Shortage[] Missing(Reservation expired) =>
    [
        .. expired.Picks.Select(pick => new Shortage(pick.Sku, pick.Units, StockOf(pick.Sku).In(pick.Warehouse).OnHand))
            .Where(shortage => shortage.Available < shortage.Requested),
    ];

    // All new stocks are made before the first is kept: a move that cannot be made leaves no trace.
    private void Move(IReadOnlyList<Pick> picks, Func<Units, int, Units> move)
    {
        var moved = new Dictionary<string, Stock>(StringComparer.Ordinal);
        foreach (var (sku, warehouse, units) in picks)
        {
            moved[sku] = (moved.GetValueOrDefault(sku) ?? StockOf(sku)).Move(warehouse, there => move(there, units));
        }

        foreach (var (sku, stock) in moved)
        {
            var fell = stock.Total().OnHand < StockOf(sku).Total().OnHand;
            _stocks[sku] = fell ? ProposeIfLow(stock) : stock;
            _changedStocks.Add(sku);
        }
    }

    private Stock ProposeIfLow(Stock stock)
    {
        if (stock.Proposal is not null || !policy.IsLow(stock))
        {
            return stock;
        }

        var proposed = policy.Propose(stock, now);
        var proposal = proposed.Proposal!;
        _events.Add(new StockRanLow(proposal.Id, stock.Sku, stock.Total().OnHand, policy.Threshold, now));
        _events.Add(new PurchaseProposed(proposal.Id, stock.Sku, proposal.Supplier, Supplier.Of(stock.Sku).Email, proposal.Units, now));
        return proposed;
    }

    private void CloseProposal(Delivery delivery)
    {
        var stock = StockOf(delivery.Sku);
        if (stock.Proposal is { } proposal)
        {
            _stocks[delivery.Sku] = stock with { Proposal = null };
            _events.Add(new PurchaseClosed(proposal.Id, delivery.Sku, delivery.Id, now));
        }
    }

    private StockOutcome.Settled Keep(Reservation reservation)
    {
        _reservations[reservation.OrderId] = reservation;
        _changedReservations.Add(reservation.OrderId);
        return new StockOutcome.Settled(reservation);
    }
}
