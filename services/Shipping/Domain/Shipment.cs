using System.Security.Cryptography;
using System.Text;
using DaprShop.Domain;

namespace DaprShop.Shipping.Domain;

public enum ShipmentState
{
    /// <summary>No carrier takes it.</summary>
    Refused,
    Created,

    /// <summary>Not sent; without a parcel: it was cancelled before it was asked for, and never will be sent.</summary>
    Cancelled,
}

/// <summary>What leaves for an order: each order id has one for ever, refusals and cancellations included.</summary>
public sealed record Shipment(string OrderId, ShipmentState State, Parcel? Parcel, DateTimeOffset CreatedAt)
{
    /// <summary>A new shipment, given to the best of the carriers.</summary>
    public static Shipment Create(string orderId, Address address, int units, IEnumerable<Carrier> carriers, DateTimeOffset now) =>
        Carrier.Choose(carriers, address.Country, units) is { } quote
            ? new Shipment(orderId, ShipmentState.Created, new Parcel(address, units, quote, TrackingNumberOf(orderId)), now)
            : new Shipment(orderId, ShipmentState.Refused, null, now);

    /// <summary>The mark of an order that is not to be shipped, whoever may still ask for it.</summary>
    public static Shipment NeverToBe(string orderId, DateTimeOffset now) => new(orderId, ShipmentState.Cancelled, null, now);

    /// <summary>The shipment after a cancellation: itself when there is nothing to cancel.</summary>
    public Shipment Cancel() => State == ShipmentState.Created ? this with { State = ShipmentState.Cancelled } : this;

    /// <summary>Whether a request is the one this shipment was created by.</summary>
    public bool IsFor(Address address, int units) => Parcel is not null && Parcel.Address == address && Parcel.Units == units;

    /// <summary>The same for an order however often it is asked for.</summary>
    public static string TrackingNumberOf(string orderId) =>
        $"DS{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(orderId)).AsSpan(0, 6))}";
}

/// <summary>The goods on their way: where to, how many units, with whom, under which number.</summary>
public sealed record Parcel(Address Address, int Units, Quote Quote, string TrackingNumber);
