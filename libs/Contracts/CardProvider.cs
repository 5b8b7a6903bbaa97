namespace DaprShop.Contracts;

/// <summary>The card provider's API: POST /charges with an Idempotency-Key header.</summary>
public sealed record CardCharge(string Token, MoneyAmount Amount, string Reference)
{
    /// <summary>The token stays out of logs.</summary>
    public override string ToString() => $"{Amount.Amount} {Amount.Currency} for {Reference}";
}

/// <summary>POST /charges/{chargeId}/refunds with an Idempotency-Key header.</summary>
public sealed record CardRefund(MoneyAmount Amount);

/// <summary><c>approved</c> or <c>declined</c> with the reason.</summary>
public sealed record CardAnswer(string Id, string Outcome, string? Reason);

/// <summary>
/// PUT /faults: percentages from 0 to 100 of references (chosen by their hash) that are declined or that time out at first. While it is down
/// every call is answered 503 and carries nothing out; slow is a delay before each answer; of the next calls so many are answered 500; refunds
/// can be refused for good.
/// </summary>
public sealed record CardFaults(
    double DeclinePercent, double TimeoutPercent, bool Down = false, int SlowMilliseconds = 0, int ErrorBurst = 0, bool RefuseRefunds = false);

/// <summary>GET /ledger: what the provider holds for the shop.</summary>
public sealed record CardLedger(int Charges, int Refunds, decimal Charged, decimal Refunded);
