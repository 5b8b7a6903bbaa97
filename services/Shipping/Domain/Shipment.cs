using System.Security.Cryptography;
using System.Text;
using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Shipping.Domain;

public enum ShipmentState
{
    /// <summary>No carrier takes it.</summary>
    Refused,

    /// <summary>Planned; it waits for the order to be confirmed.</summary>
    Created,

    /// <summary>It may be picked up.</summary>
    Confirmed,

    /// <summary>Not sent; without parcels: it was cancelled before it was asked for, and never will be sent.</summary>
    Cancelled,
}

/// <summary>
/// What leaves for an order, in one parcel or several: each order id has one for ever, refusals and cancellations included. A decision
/// gives the shipment as it is then, and the event to be saved with it.
/// </summary>
public sealed record Shipment(
    string OrderId, string? CustomerId, ShipmentState State, Address? Address, IReadOnlyList<Parcel> Parcels, DateTimeOffset CreatedAt)
{
    /// <summary>The last status that was published.</summary>
    public ShipmentStatus Announced { get; init; }

    /// <summary>A new shipment: a parcel from each depot, each given to the best of the carriers; refused if one finds none.</summary>
    public static Decision Create(
        string orderId,
        string? customerId,
        Address address,
        IReadOnlyList<Consignment> consignments,
        IReadOnlyList<Carrier> carriers,
        int? withinDays,
        DateTimeOffset now)
    {
        var quotes = consignments
            .Select(goods => Carrier.Choose(carriers, goods.From.Country, address.Country, goods.Units, withinDays)).OfType<Quote>().ToList();
        if (quotes.Count < consignments.Count)
        {
            return new Decision(new Shipment(orderId, customerId, ShipmentState.Refused, null, [], now), null);
        }

        IReadOnlyList<Parcel> parcels =
        [
            .. consignments.Zip(quotes, (goods, quote) => (goods, quote)).Select((one, index) => new Parcel(
                Parcel.IdOf(orderId, index + 1), one.goods.From, one.goods.Lines, one.goods.Units, one.quote, TrackingNumberOf(orderId, index + 1))),
        ];
        var shipment = new Shipment(orderId, customerId, ShipmentState.Created, address, parcels, now);
        return new Decision(
            shipment, new ShipmentCreated(orderId, parcels[0].Quote.Carrier, parcels[0].TrackingNumber, shipment.Units(), now));
    }

    /// <summary>The mark of an order that is not to be shipped, whoever may still ask for it.</summary>
    public static Shipment NeverToBe(string orderId, DateTimeOffset now) => new(orderId, null, ShipmentState.Cancelled, null, [], now);

    /// <summary>Where the whole of it is: where its slowest parcel is.</summary>
    public ShipmentStatus StatusNow() =>
        State == ShipmentState.Cancelled ? ShipmentStatus.Cancelled : Parcels.Select(parcel => parcel.StatusNow()).DefaultIfEmpty().Min();

    public int Units() => Parcels.Sum(parcel => parcel.Units);

    /// <summary>Whether a request is the one this shipment was created by.</summary>
    public bool IsFor(Address address, int units) => Address == address && Units() == units;

    /// <summary>The order is confirmed: the goods may leave. Null when there is nothing to change.</summary>
    public Decision? Confirm() => State == ShipmentState.Created ? new Decision(this with { State = ShipmentState.Confirmed }, null) : null;

    /// <summary>Null when there is nothing to cancel.</summary>
    /// <exception cref="DomainException">A parcel was picked up (code shipment-underway).</exception>
    public Decision? Cancel(DateTimeOffset now)
    {
        if (State is not (ShipmentState.Created or ShipmentState.Confirmed))
        {
            return null;
        }

        return Parcels.All(parcel => parcel.Moves.Count == 0)
            ? new Decision(this with { State = ShipmentState.Cancelled }, new ShipmentCancelled(OrderId, Parcels[0].TrackingNumber, now))
            : throw new DomainException(Problems.ShipmentUnderway, $"A parcel of order {OrderId} has been picked up");
    }

    /// <summary>The parcel makes its next stop. Null when it has arrived or is not to be sent.</summary>
    public Decision? Move(string parcelId, DateTimeOffset now)
    {
        if (State != ShipmentState.Confirmed || Parcels.FirstOrDefault(one => one.Id == parcelId) is not { } parcel
            || parcel.NextStop(Address!) is not { } stop)
        {
            return null;
        }

        var move = new Move(
            parcel.Moves.Count + 1, Parcels.Sum(one => one.Moves.Count) + 1, stop.Status, stop.Place, stop.Location, now);
        var moved = parcel with { Moves = [.. parcel.Moves, move] };
        return new Decision(this with { Parcels = [.. Parcels.Select(one => one.Id == parcelId ? moved : one)] }, Moved(parcelId, move));
    }

    /// <summary>Tells the status, if it is another than the one told last.</summary>
    public Decision? Announce(DateTimeOffset now)
    {
        var status = StatusNow();
        return State != ShipmentState.Confirmed || status == Announced ? null : new Decision(
            this with { Announced = status },
            new ShipmentStatusChanged(OrderId, CustomerId, status, Parcels[0].Quote.Carrier, Parcels[0].TrackingNumber, now));
    }

    /// <summary>Whether the parcel has nowhere to go any more.</summary>
    public bool IsOver(string parcelId) =>
        State != ShipmentState.Confirmed || Parcels.FirstOrDefault(one => one.Id == parcelId)?.NextStop(Address!) is null;

    /// <summary>All stops of all parcels, in the order in which they were made.</summary>
    public IEnumerable<ParcelMoved> Moves() => Parcels.SelectMany(parcel => parcel.Moves.Select(move => Moved(parcel.Id, move)))
        .OrderBy(move => move.OrderSequence);

    /// <summary>The same for an order however often it is asked for.</summary>
    public static string TrackingNumberOf(string orderId, int number = 1)
    {
        var seed = number == 1 ? orderId : Parcel.IdOf(orderId, number);
        return $"DS{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(seed)).AsSpan(0, 6))}";
    }

    private ParcelMoved Moved(string parcelId, Move move) => new(
        OrderId, CustomerId, parcelId, move.Sequence, move.Status, move.Place, move.Location.Latitude, move.Location.Longitude, move.At,
        move.OrderSequence);
}

/// <summary>What was decided: the shipment as it is then, and what happened, if others should hear of it.</summary>
public sealed record Decision(Shipment Shipment, DomainEvent? Event);
