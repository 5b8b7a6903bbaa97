using System.Security.Cryptography;
using System.Text;
using DaprShop.Contracts;

namespace DaprShop.CardProvider;

/// <summary>
/// What the provider holds, in memory: a restart forgets it. So that the shop can still give money back afterwards, a refund of a
/// charge that is not known here is accepted and recorded. A real provider would not do that; this stand-in has no disk.
/// </summary>
internal sealed class Ledger(FaultSwitch faults)
{
    private const string Approved = "approved";
    private const string Declined = "declined";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ChargeEntry> _charges = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ChargeEntry> _chargesById = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RefundEntry> _refunds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, decimal> _refundedByCharge = new(StringComparer.Ordinal);

    /// <summary>Decides once per key; the same key gets the same answer, a key with another body gets null.</summary>
    public ChargeEntry? Charge(string key, CardCharge charge)
    {
        lock (_gate)
        {
            if (_charges.TryGetValue(key, out var known))
            {
                // Only the first attempt is answered late: whoever asks again is told what happened.
                return known.Request == charge ? known with { AnswersLate = false } : null;
            }

            var entry = new ChargeEntry(charge, Decide(key, charge), charge.Token == "tok_timeout" || faults.AnswersLate(charge.Reference));
            _charges[key] = entry;
            _chargesById[entry.Answer.Id] = entry;
            return entry;
        }
    }

    /// <summary>Refunds once per key; a key with another body gets null. More than was charged is declined.</summary>
    public CardAnswer? Refund(string key, string chargeId, MoneyAmount amount)
    {
        lock (_gate)
        {
            if (_refunds.TryGetValue(key, out var known))
            {
                return known.ChargeId == chargeId && known.Amount == amount ? known.Answer : null;
            }

            var reason = WhyNotRefund(chargeId, amount);
            var answer = new CardAnswer(IdOf("re", key), reason is null ? Approved : Declined, reason);
            _refunds[key] = new RefundEntry(chargeId, amount, answer);
            if (reason is null)
            {
                _refundedByCharge[chargeId] = _refundedByCharge.GetValueOrDefault(chargeId) + amount.Amount;
            }

            return answer;
        }
    }

    /// <summary>Sums over all currencies.</summary>
    public CardLedger Totals()
    {
        lock (_gate)
        {
            var charges = _charges.Values.Where(charge => charge.Answer.Outcome == Approved).ToList();
            var refunds = _refunds.Values.Count(refund => refund.Answer.Outcome == Approved);
            return new CardLedger(
                charges.Count, refunds, charges.Sum(charge => charge.Request.Amount.Amount), _refundedByCharge.Values.Sum());
        }
    }

    private CardAnswer Decide(string key, CardCharge charge)
    {
        var id = IdOf("ch", key);
        return charge.Token switch
        {
            "tok_declined" => new CardAnswer(id, Declined, "insufficient_funds"),
            "tok_visa" or "tok_timeout" when faults.Declines(charge.Reference) => new CardAnswer(id, Declined, "do_not_honor"),
            "tok_visa" or "tok_timeout" => new CardAnswer(id, Approved, null),
            _ => new CardAnswer(id, Declined, "unknown_card"),
        };
    }

    private string? WhyNotRefund(string chargeId, MoneyAmount amount)
    {
        if (faults.RefusesRefunds)
        {
            return "card_closed";
        }

        if (!_chargesById.TryGetValue(chargeId, out var charge))
        {
            return null;
        }

        return charge.Answer.Outcome != Approved ? "charge_was_declined"
            : charge.Request.Amount.Currency != amount.Currency ? "other_currency"
            : _refundedByCharge.GetValueOrDefault(chargeId) + amount.Amount > charge.Request.Amount.Amount ? "exceeds_charge"
            : null;
    }

    // Derived from the key, so that the id of a charge is the same after a restart.
    private static string IdOf(string prefix, string key) =>
        $"{prefix}_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 12))}";
}

internal sealed record ChargeEntry(CardCharge Request, CardAnswer Answer, bool AnswersLate);

internal sealed record RefundEntry(string ChargeId, MoneyAmount Amount, CardAnswer Answer);
