using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Payments.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Payments;

internal static class PaymentsApi
{
    private const string Card = "card";
    private const int MaxTokenLength = 200;

    public static void MapPayments(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/charges", Charge);
        routes.MapPost("/charges/{orderId}/refunds", Refund);
        routes.MapGet("/payments/{orderId}", Find);
    }

    private static async Task<Results<Ok<PaymentResponse>, ProblemHttpResult>> Charge(
        ChargePayment request, PaymentProcess payments, CancellationToken cancellationToken)
    {
        var wanted = Read(request);
        var payment = await payments.ChargeAsync(wanted, cancellationToken);
        return payment switch
        {
            { State: PaymentState.Cancelled } or { State: PaymentState.Charged, IsGivenBack: true } =>
                ShopResults.Refused(Problems.PaymentCancelled, $"Order {payment.OrderId} was given up: it is not charged any more"),
            _ when payment.Amount != wanted.Amount =>
                ShopResults.Conflict(Problems.IdempotencyKeyReused, $"The payment of order {payment.OrderId} is of {payment.Amount}"),
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
        string orderId, PaymentProcess payments, CancellationToken cancellationToken) =>
        Identifiers.IsId(orderId) && await payments.FindAsync(orderId, cancellationToken) is { } payment
            ? TypedResults.Ok(ToResponse(payment))
            : ShopResults.NotFound($"Order {orderId} has no payment");

    private static Payment Read(ChargePayment request)
    {
        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(request.OrderId), "orderId", Identifiers.IdRule);
        errors.Check(Identifiers.IsId(request.CustomerId), "customerId", Identifiers.IdRule);
        errors.Check(request.Method?.Kind == Card, "method.kind", $"is '{Card}'");
        errors.CheckText(request.Method?.CardToken, "method.cardToken", MaxTokenLength);
        var amount = Read(request.Amount, errors);
        errors.ThrowIfAny();
        return Payment.Start(request.OrderId, request.CustomerId, amount!, request.Method!.CardToken!);
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
        payment.DeclineReason);
}
