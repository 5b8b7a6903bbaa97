using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Discounts;

/// <summary>
/// Who used which coupon for which order, so that those for once are used once. A coupon is claimed before its order is saved; it can be
/// used again when that order was cancelled, or was never saved.
/// </summary>
public sealed class CouponBook(EventingStore store, OrderStore orders, TimeProvider time)
{
    /// <summary>Longer than a request lives: a claim as old as this whose order is not there will never have one.</summary>
    private static readonly TimeSpan s_abandoned = TimeSpan.FromMinutes(2);

    /// <exception cref="DomainException">The customer used it before (field couponCode).</exception>
    public async Task ClaimAsync(CouponTerms coupon, string customerId, string orderId, CancellationToken cancellationToken)
    {
        var key = $"coupon-{coupon.Code.ToLowerInvariant()}-of-{customerId}";
        var known = await store.FindAsync<CouponUse>(key, cancellationToken);
        if (known is { } use && use.Value.OrderId != orderId && await CountsAsync(use.Value, cancellationToken))
        {
            throw UsedBefore();
        }

        try
        {
            await store.SaveQuietlyAsync(key, new CouponUse(orderId, time.GetUtcNow()), known?.ETag, cancellationToken);
        }
        catch (StateConflictException)
        {
            // Somebody claimed it at the same time: another order, or this one by the same request sent twice.
            if ((await store.FindAsync<CouponUse>(key, cancellationToken))?.Value.OrderId != orderId)
            {
                throw UsedBefore();
            }
        }
    }

    private async Task<bool> CountsAsync(CouponUse use, CancellationToken cancellationToken) =>
        await orders.FindAsync(use.OrderId, cancellationToken) is { } order
            ? order.Status != OrderStatus.Cancelled
            : time.GetUtcNow() - use.At < s_abandoned;

    private static DomainException UsedBefore() => new(DomainErrors.Invalid, "can be used once, and was", "couponCode");
}

/// <summary>The order that a customer used a coupon for.</summary>
public sealed record CouponUse(string OrderId, DateTimeOffset At);
