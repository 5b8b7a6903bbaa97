using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Payments.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Payments;

/// <summary>
/// Charging and refunding. Each step is stored before the next is taken: the intent, then the provider's answer under a key derived
/// from the order, then the outcome with its event. Whoever comes back after a crash finds the intent and asks again under that key.
/// </summary>
internal sealed class PaymentProcess(EventingStore store, CardProviderClient provider, TimeProvider time)
{
    private const string Approved = "approved";
    private const int MaxAttempts = 8;

    public async Task<Payment?> FindAsync(string orderId, CancellationToken cancellationToken) =>
        (await store.FindAsync<Payment>(orderId, cancellationToken))?.Value;

    /// <summary>The payment as it is once it is settled: by this call or by one before it.</summary>
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

    private async Task<Payment> SettleAsync(Stored<Payment> stored, CancellationToken cancellationToken)
    {
        var payment = stored.Value;
        var amount = payment.Amount.ToContract();

        // An order whose discounts left nothing to pay is paid; no provider charges nothing.
        var answer = payment.Amount.Amount == 0
            ? new CardAnswer("", Approved, null)
            : await provider.ChargeAsync(payment.OrderId, new CardCharge(payment.CardToken!, amount, payment.OrderId), cancellationToken);

        var settled = answer.Outcome == Approved ? payment.Charge(answer.Id) : payment.Decline(answer.Reason ?? answer.Outcome);
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

        if (payment.Refunds.Any(refund => refund.Id == refundId && refund.Done))
        {
            return payment;
        }

        var answer = await provider.RefundAsync(
            $"{payment.OrderId}:{refundId}", payment.ChargeId!, new CardRefund(amount.ToContract()), cancellationToken);
        if (answer.Outcome != Approved)
        {
            await store.SaveQuietlyAsync(payment.OrderId, payment.Withdraw(refundId), stored.ETag, cancellationToken);
            throw new DomainException(PaymentErrors.RefundDeclined, $"The card provider does not give {amount} back: {answer.Reason}");
        }

        var given = payment.Give(refundId);
        var refunded = new PaymentRefunded(payment.OrderId, refundId, amount.ToContract(), time.GetUtcNow());
        await store.SaveAsync(payment.OrderId, given, stored.ETag, refunded, cancellationToken);
        return given;
    }

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
