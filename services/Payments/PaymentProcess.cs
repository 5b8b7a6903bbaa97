using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Payments.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Payments;

/// <summary>
/// Charging and refunding. Each step is stored before the next is taken: the intent, then the answer of the card provider or of the account
/// under a key derived from the order, then the outcome with its event. Whoever comes back after a crash finds the intent and asks again
/// under that key.
/// </summary>
internal sealed class PaymentProcess(EventingStore store, IEnumerable<IPaymentMeans> means, TimeProvider time)
{
    private const int MaxAttempts = 8;

    public async Task<Payment?> FindAsync(string orderId, CancellationToken cancellationToken) =>
        (await store.FindAsync<Payment>(orderId, cancellationToken))?.Value;

    /// <summary>The payment as it is once it is settled: by this call or by one before it.</summary>
    /// <exception cref="DependencyUnavailableException">It is pending: nobody answers now.</exception>
    public Task<Payment> ChargeAsync(Payment wanted, CancellationToken cancellationToken) => WithRetriesAsync(wanted.OrderId, async stored =>
    {
        if (stored is null)
        {
            await store.SaveQuietlyAsync(wanted.OrderId, wanted, etag: null, cancellationToken);
            return null;
        }

        return stored.Value.State == PaymentState.Pending && stored.Value.Amount == wanted.Amount
            ? await SettleAsync(stored, cancellationToken)
            : stored.Value;
    }, cancellationToken);

    /// <summary>
    /// The payment after the refund. A charge whose outcome is not known is settled first. An order that was not charged has nothing to
    /// get back, which is a success; it is marked, so that a charge which was overtaken by this is not made.
    /// </summary>
    /// <exception cref="DomainException">The refund id came with another amount, or more is asked for than is left.</exception>
    public Task<Payment> RefundAsync(string orderId, string refundId, Money amount, CancellationToken cancellationToken) =>
        WithRetriesAsync(orderId, async stored =>
        {
            switch (stored)
            {
                case null:
                    var never = Payment.NeverToBe(orderId, amount.Currency);
                    await store.SaveQuietlyAsync(orderId, never, etag: null, cancellationToken);
                    return never;
                case { Value.State: PaymentState.Pending }:
                    await SettleAsync(stored, cancellationToken);
                    return null;
                case { Value.State: PaymentState.Charged } when amount.Amount > 0:
                    return await RefundAsync(stored, refundId, amount, cancellationToken);
                default:
                    return stored.Value;
            }
        }, cancellationToken);

    /// <summary>Notes that a refused refund was settled by hand; null when the order has no payment.</summary>
    /// <exception cref="DomainException">There is no such refund, or it was not refused.</exception>
    public async Task<Payment?> SettleRefundAsync(string orderId, string refundId, string by, string note, CancellationToken cancellationToken) =>
        await FindAsync(orderId, cancellationToken) is null ? null : await WithRetriesAsync(orderId, async stored =>
        {
            var settled = stored!.Value.Settle(refundId, by, note);
            if (!ReferenceEquals(settled, stored.Value))
            {
                var amount = settled.Refunds.First(refund => refund.Id == refundId).Amount.ToContract();
                var refunded = new PaymentRefunded(orderId, refundId, amount, time.GetUtcNow(), settled.CustomerId);
                await store.SaveAsync(orderId, settled, stored.ETag, refunded, cancellationToken);
            }

            return settled;
        }, cancellationToken);

    private async Task<Payment> SettleAsync(Stored<Payment> stored, CancellationToken cancellationToken)
    {
        var payment = stored.Value;
        var amount = payment.Amount.ToContract();

        // An order whose discounts left nothing to pay is paid; no provider charges nothing.
        var answer = payment.Amount.Amount == 0 ? MeansAnswer.Agreed("") : await MeansOf(payment).TakeAsync(payment, cancellationToken);

        var settled = answer.Refusal is null ? payment.Charge(answer.Id) : payment.Decline(answer.Refusal);
        DomainEvent happened = settled.State == PaymentState.Charged
            ? new PaymentCharged(payment.OrderId, amount, time.GetUtcNow())
            : new PaymentDeclined(payment.OrderId, amount, settled.DeclineReason!, time.GetUtcNow());
        await store.SaveAsync(payment.OrderId, settled, stored.ETag, happened, cancellationToken);
        return settled;
    }

    /// <summary>One step of a refund: null when there is another to take.</summary>
    private async Task<Payment?> RefundAsync(Stored<Payment> stored, string refundId, Money amount, CancellationToken cancellationToken)
    {
        var payment = stored.Value;
        var promised = payment.Promise(refundId, amount);
        if (!ReferenceEquals(promised, payment))
        {
            await store.SaveQuietlyAsync(payment.OrderId, promised, stored.ETag, cancellationToken);
            return null;
        }

        var refund = payment.Refunds.First(refund => refund.Id == refundId);
        if (refund.Done)
        {
            return payment;
        }

        if (refund.Refusal is { } refusal)
        {
            throw new DomainException(PaymentErrors.RefundDeclined, $"{amount} cannot be given back by {payment.Kind}: {refusal}");
        }

        var answer = await MeansOf(payment).GiveBackAsync(payment, refundId, amount, cancellationToken);
        if (answer.Refusal is not null)
        {
            var refused = new RefundRefused(payment.OrderId, refundId, amount.ToContract(), answer.Refusal, time.GetUtcNow());
            await store.SaveAsync(payment.OrderId, payment.Refuse(refundId, answer.Refusal), stored.ETag, refused, cancellationToken);
            return null;
        }

        var given = payment.Give(refundId);
        var refunded = new PaymentRefunded(payment.OrderId, refundId, amount.ToContract(), time.GetUtcNow(), payment.CustomerId);
        await store.SaveAsync(payment.OrderId, given, stored.ETag, refunded, cancellationToken);
        return given;
    }

    private IPaymentMeans MeansOf(Payment payment) => means.First(known => known.Kind == payment.Kind);

    /// <summary>Loads and takes a step until one gives the result; a step that was outrun by another request is taken anew.</summary>
    private async Task<Payment> WithRetriesAsync(string orderId, Func<Stored<Payment>?, Task<Payment?>> step, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            try
            {
                if (await step(await store.FindAsync<Payment>(orderId, cancellationToken)) is { } payment)
                {
                    return payment;
                }
            }
            catch (StateConflictException)
            {
                // What the other one wrote decides what is to be done now.
            }
        }

        throw new StateConflictException(orderId);
    }
}
