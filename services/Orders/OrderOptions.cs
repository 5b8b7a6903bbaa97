namespace DaprShop.Orders;

/// <summary>The section <c>Orders</c> of the configuration.</summary>
public sealed class OrderOptions
{
    /// <summary>Orders above this, in their own currency, wait for an approval.</summary>
    public decimal ApprovalThreshold { get; set; } = 10_000;

    /// <summary>How long they wait before they are cancelled.</summary>
    public TimeSpan ApprovalTimeout { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a pending payment is asked for before the order is cancelled.</summary>
    public TimeSpan PaymentPatience { get; set; } = TimeSpan.FromHours(1);
}
