using DaprShop.Domain;

namespace DaprShop.Inventory.Domain;

/// <summary>Units of one product. OnHand + Reserved + Shipped = Received, always, and none is ever negative.</summary>
public sealed record Units(int Received, int OnHand, int Reserved, int Shipped)
{
    public static Units None { get; } = new(0, 0, 0, 0);

    public Units Receive(int units) => Move(units, onHand: +1, received: +1);

    public Units Reserve(int units) => Move(units, onHand: -1, reserved: +1);

    public Units Release(int units) => Move(units, reserved: -1, onHand: +1);

    public Units Ship(int units) => Move(units, reserved: -1, shipped: +1);

    public Units TakeBack(int units) => Move(units, shipped: -1, onHand: +1);

    public static Units operator +(Units left, Units right) => checked(new Units(
        left.Received + right.Received, left.OnHand + right.OnHand, left.Reserved + right.Reserved, left.Shipped + right.Shipped));

    private Units Move(int units, int received = 0, int onHand = 0, int reserved = 0, int shipped = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(units);
        var moved = checked(new Units(
            Received + (received * units), OnHand + (onHand * units), Reserved + (reserved * units), Shipped + (shipped * units)));
        if (moved is { OnHand: < 0 } or { Reserved: < 0 } or { Shipped: < 0 })
        {
            throw new DomainException("stock-invariant", $"{OnHand} on hand, {Reserved} reserved, {Shipped} shipped: {units} cannot be moved.");
        }

        return moved;
    }
}
