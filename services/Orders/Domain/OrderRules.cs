using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Orders.Domain;

/// <summary>Limits and legal moves.</summary>
public static class OrderRules
{
    /// <summary>Units of one product in one request line.</summary>
    public const int MaxQuantity = 10_000;

    /// <summary>Lines of one order.</summary>
    public const int MaxLines = 1_000;

    /// <summary>The step of a cancellation that the customer asked for.</summary>
    public const string CancelStep = "cancel";

    /// <summary>The code of a cancellation that the customer asked for.</summary>
    public const string CancelledByCustomer = "cancelled";

    /// <summary>Whether an order may go from one status to another.</summary>
    public static bool IsLegal(OrderStatus from, OrderStatus to) => (from, to) is
        (OrderStatus.Pending, OrderStatus.Confirmed or OrderStatus.Cancelled)
        or (OrderStatus.Confirmed, OrderStatus.Shipped)
        or (OrderStatus.Shipped, OrderStatus.Delivered);

    /// <exception cref="DomainException">The move is not legal.</exception>
    public static void MustBeLegal(OrderStatus from, OrderStatus to)
    {
        if (!IsLegal(from, to))
        {
            throw new DomainException(Problems.Conflict, $"An order that is {from} cannot become {to}");
        }
    }
}
