using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Saga;

/// <summary>
/// What came of a step: done, refused by the business with a stable code, or pending: nobody can tell yet, so ask again later. A refusal is a
/// value and never retried; what throws is a technical failure and is.
/// </summary>
public sealed record StepResult(bool IsRefused, string? Code, string? Detail, bool IsPending = false)
{
    /// <summary>The code of a step whose retries are used up.</summary>
    public const string TechnicalFailure = "technical-failure";

    /// <summary>The code of a step that was pending for too long.</summary>
    public const string StillPending = "still-pending";

    public static StepResult Done(string? detail = null) => new(false, null, detail);

    public static StepResult Refused(string code, string detail) => new(true, code, detail);

    public static StepResult Pending(string detail) => new(false, null, detail, IsPending: true);

    /// <summary>Another service's answer to a step. That it knows nothing of what was asked is a technical failure.</summary>
    public static StepResult Of<T>(Answer<T> answer, string? detail = null) => answer switch
    {
        { Refusal: { } refusal } => Refused(refusal.Code, refusal.Detail),
        { Found: true } => Done(detail),
        _ => throw new InvalidOperationException("The service has no such resource"),
    };

    /// <summary>Another service's answer to what it cannot rightly refuse: anything but success is a technical failure.</summary>
    public static StepResult MustBeDone<T>(Answer<T> answer) => answer is { Found: true, Refusal: null }
        ? Done()
        : throw new InvalidOperationException(answer.Refusal is { } refusal ? $"{refusal.Code}: {refusal.Detail}" : "The service has no such resource");

    /// <summary>
    /// The answer to a refund: none is needed where nothing was charged, and one that cannot be made is a refusal for an operator to settle.
    /// </summary>
    public static StepResult OfRefund(Answer<PaymentResponse> answer) =>
        answer.Refusal is { Code: Problems.RefundDeclined } refusal ? Refused(refusal.Code, refusal.Detail) : OfUndo(answer);

    /// <summary>Another service's answer to an undoing: that there is nothing to undo is fine.</summary>
    public static StepResult OfUndo<T>(Answer<T> answer) => answer.Found ? MustBeDone(answer) : Done();
}
