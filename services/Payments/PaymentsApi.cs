using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Payments.Cards;
using DaprShop.Payments.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Payments;

internal static class PaymentsApi
{
    private const int MaxTokenLength = 200;
    private const int MaxNoteLength = 500;
    private const string AskAgainSeconds = "5";

    public static void MapPayments(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/charges", Charge);
        routes.MapPost("/charges/{orderId}/refunds", Refund);
        routes.MapGet("/payments/{orderId}", Find);
        routes.MapPost("/payments/{orderId}/refunds/{refundId}/settlement", SettleRefund);
        routes.MapGet("/payments/provider/health", Health);
    }

    /// <summary>When nobody can say whether the money can be had, the payment is accepted (202) as pending: the caller asks again.</summary>
    private static async Task<Results<Ok<PaymentResponse>, Accepted<PaymentResponse>, ProblemHttpResult>> Charge(
        ChargePayment request, PaymentProcess payments, HttpContext context, CancellationToken cancellationToken)
    {
        var wanted = Read(request);
        Payment payment;
        try
        {
            payment = await payments.ChargeAsync(wanted, cancellationToken);
        }
        catch (DependencyUnavailableException down)
        {
            context.Response.Headers.RetryAfter = AskAgainSeconds;
            var pending = ToResponse(wanted) with { PendingReason = $"{down.Dependency} is not available now" };
            return TypedResults.Accepted($"/payments/{wanted.OrderId}", pending);
        }

        return payment switch
        {
            { State: PaymentState.Cancelled } or { State: PaymentState.Charged, IsGivenBack: true } =>
                ShopResults.Refused(Problems.PaymentCancelled, $"Order {payment.OrderId} was given up: it is not charged any more"),
            _ when payment.Amount != wanted.Amount =>
                ShopResults.Conflict(Problems.IdempotencyKeyReused, $"The payment of order {payment.OrderId} is of {payment.Amount}"),
            { State: PaymentState.Declined, Kind: PaymentMethod.Credit } =>
                ShopResults.Refused(Problems.InsufficientFunds, $"The store credit does not cover the order: {payment.DeclineReason}"),
            { State: PaymentState.Declined } =>
                ShopResults.Refused(Problems.CardDeclined, $"The card was declined: {payment.DeclineReason}"),
            _ => TypedResults.Ok(ToResponse(payment)),
        };
    }

    private static async Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> Refund(
        string orderId, RefundPayment request, PaymentProcess payments, CancellationToken cancellationToken)
    {
        var amount = Read(orderId, request);
        try
        {
            return TypedResults.Ok(ToResponse(await payments.RefundAsync(orderId, request.RefundId, amount, cancellationToken)));
        }
        catch (DomainException refused) when (refused.Code is PaymentErrors.RefundExceedsCharge or PaymentErrors.RefundDeclined)
        {
            return ShopResults.Refused(refused.Code, refused.Message);
        }
    }

    private static async Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> Find(
        string orderId, Caller caller, PaymentProcess payments, CancellationToken cancellationToken) =>
        Identifiers.IsId(orderId) && await payments.FindAsync(orderId, cancellationToken) is { } payment && caller.MayActFor(payment.CustomerId)
            ? TypedResults.Ok(ToResponse(payment))
            : ShopResults.NotFound($"Order {orderId} has no payment");

    private static async Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> SettleRefund(
        string orderId, string refundId, SettleRefund request, Caller caller, PaymentProcess payments, CancellationToken cancellationToken)
    {
        if (!caller.MayOperate)
        {
            return ShopResults.Forbidden("Only staff settles refunds");
        }

        var errors = new InputErrors();
        errors.CheckText(request.Note, "note", MaxNoteLength);
        errors.ThrowIfAny();
        var by = caller.UserId ?? "service";
        try
        {
            return Identifiers.IsId(orderId) && await payments.SettleRefundAsync(orderId, refundId, by, request.Note, cancellationToken) is { } payment
                ? TypedResults.Ok(ToResponse(payment))
                : ShopResults.NotFound($"Order {orderId} has no payment");
        }
        catch (DomainException unknown) when (unknown.Code == Problems.NotFound)
        {
            return ShopResults.NotFound(unknown.Message);
        }
    }

    private static Results<Ok<ProviderHealth>, ProblemHttpResult> Health(Caller caller, ProviderCalls calls) => caller.MayOperate
        ? TypedResults.Ok(calls.Read())
        : ShopResults.Forbidden("Only staff sees how the card provider does");

    private static Payment Read(ChargePayment request)
    {
        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(request.OrderId), "orderId", Identifiers.IdRule);
        errors.Check(Identifiers.IsId(request.CustomerId), "customerId", Identifiers.IdRule);
        var isCredit = request.Method?.Kind == PaymentMethod.Credit;
        errors.Check(isCredit || request.Method?.Kind == PaymentMethod.Card, "method.kind", $"is '{PaymentMethod.Card}' or '{PaymentMethod.Credit}'");
        if (!isCredit)
        {
            errors.CheckText(request.Method?.CardToken, "method.cardToken", MaxTokenLength);
        }

        var amount = Read(request.Amount, errors);
        errors.ThrowIfAny();
        return isCredit
            ? Payment.OnCredit(request.OrderId, request.CustomerId, amount!)
            : Payment.Start(request.OrderId, request.CustomerId, amount!, request.Method!.CardToken!);
    }

    private static Money Read(string orderId, RefundPayment request)
    {
        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(orderId), "orderId", Identifiers.IdRule);
        errors.Check(Identifiers.IsId(request.RefundId), "refundId", Identifiers.IdRule);
        var amount = Read(request.Amount, errors);
        errors.ThrowIfAny();
        return amount!;
    }

    private static Money? Read(MoneyAmount? amount, InputErrors errors) =>
        errors.Check(amount is not null, "amount", "is required") ? errors.Try("amount", amount!.ToMoney) : null;

    private static PaymentResponse ToResponse(Payment payment) => new(
        payment.OrderId,
        payment.State switch
        {
            PaymentState.Pending => PaymentStatus.Pending,
            PaymentState.Declined => PaymentStatus.Declined,
            PaymentState.Cancelled => PaymentStatus.Cancelled,
            _ => payment.IsGivenBack ? PaymentStatus.Refunded : PaymentStatus.Charged,
        },
        (payment.State == PaymentState.Charged ? payment.Amount : Money.Zero(payment.Amount.Currency)).ToContract(),
        payment.Refunded.ToContract(),
        payment.DeclineReason,
        Refunds: payment.Refunds.Count == 0 ? null : [.. payment.Refunds.Select(ToResponse)]);

    private static RefundResponse ToResponse(Refund refund) => new(
        refund.Id,
        refund.Amount.ToContract(),
        refund switch
        {
            { SettledBy: not null } => RefundStatus.Settled,
            { Done: true } => RefundStatus.Done,
            { Refusal: not null } => RefundStatus.Refused,
            _ => RefundStatus.Pending,
        },
        refund.Refusal,
        refund.SettledBy,
        refund.Note);
}
