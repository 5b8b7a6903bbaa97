using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Orders.Domain;

/// <summary>
/// What returned units are worth: their share of what the order cost after its discounts. The share is taken of all that was returned so
/// far and lessened by what was already given back, so rounding never adds up and the last unit gets exactly the rest.
/// </summary>
public static class Refunds
{
    /// <exception cref="DomainException">A line that was not ordered, or more units than are left; the field says which.</exception>
    public static Money Of(OrderState order, IReadOnlyList<OrderLineRequest> lines)
    {
        MustBeLeft(order, lines);
        var sold = order.Lines.ToDictionary(line => line.Sku);
        var atListPrice = Sum(order, order.Lines.Select(line => line.Total()));
        var returned = Sum(order, order.Returns.SelectMany(known => known.Lines).Concat(lines).Select(line => sold[line.Sku].UnitPrice * line.Quantity));
        var given = Sum(order, order.Returns.Select(known => known.Amount));
        return atListPrice.Amount == 0
            ? Money.Zero(order.Currency)
            : new Money(order.Total.Amount * returned.Amount / atListPrice.Amount, order.Currency) - given;
    }

    private static void MustBeLeft(OrderState order, IReadOnlyList<OrderLineRequest> lines)
    {
        var left = order.Lines.ToDictionary(line => line.Sku, line => line.Quantity);
        foreach (var line in order.Returns.SelectMany(known => known.Lines))
        {
            left[line.Sku] -= line.Quantity;
        }

        for (var i = 0; i < lines.Count; i++)
        {
            var (sku, quantity) = lines[i];
            if (!left.TryGetValue(sku, out var units))
            {
                throw new DomainException(DomainErrors.Invalid, $"{sku} is not in this order", $"lines[{i}].sku");
            }

            if (quantity < 1 || quantity > units)
            {
                throw new DomainException(DomainErrors.Invalid, $"must be 1 to {units}, the units that are left", $"lines[{i}].quantity");
            }

            left[sku] = units - quantity;
        }
    }

    private static Money Sum(OrderState order, IEnumerable<Money> amounts) =>
        amounts.Aggregate(Money.Zero(order.Currency), (sum, amount) => sum + amount);
}
