using System.Security.Cryptography;
using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders;

/// <summary>What can be said about a PlaceOrder without asking anyone.</summary>
public static class PlaceOrderInput
{
    /// <summary>The header that makes a request safe to repeat.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    private const int MaxKeyLength = 200;
    private const int MaxTokenLength = 200;

    /// <summary>The shipping address, if the request can be taken so far.</summary>
    /// <exception cref="InvalidInputException">It cannot.</exception>
    public static Address Check(PlaceOrder request)
    {
        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(request.CustomerId), "customerId", Identifiers.IdRule);
        errors.Check(Currency.IsKnown(request.Currency), "currency", "is an ISO 4217 currency code");
        CheckLines(errors, "lines", request.Lines, OrderRules.MaxQuantity);
        CheckPayment(errors, request.Payment);
        errors.Check(string.IsNullOrEmpty(request.CouponCode) || Identifiers.IsId(request.CouponCode), "couponCode", "is not a coupon of the shop");
        var address = errors.Check(request.ShippingAddress is not null, "shippingAddress", "is required")
            ? errors.Try("shippingAddress", request.ShippingAddress!.ToAddress)
            : null;
        errors.ThrowIfAny();
        return address!;
    }

    /// <summary>Checks units of products: there are some, each has a SKU and a quantity within the limit.</summary>
    public static void CheckLines(InputErrors errors, string field, IReadOnlyList<OrderLineRequest>? lines, int maxQuantity)
    {
        if (!errors.Check(lines is { Count: > 0 and <= OrderRules.MaxLines }, field, $"are 1 to {OrderRules.MaxLines}"))
        {
            return;
        }

        for (var i = 0; i < lines!.Count; i++)
        {
            if (errors.Check(lines[i] is not null, $"{field}[{i}]", "is required"))
            {
                errors.Check(Identifiers.IsSku(lines[i].Sku), $"{field}[{i}].sku", Identifiers.SkuRule);
                errors.Check(lines[i].Quantity >= 1 && lines[i].Quantity <= maxQuantity, $"{field}[{i}].quantity", $"is 1 to {maxQuantity}");
            }
        }
    }

    /// <summary>The key of a request that is safe to repeat.</summary>
    /// <exception cref="InvalidInputException">It is missing, or too long.</exception>
    public static string CheckKey(string? idempotencyKey)
    {
        var errors = new InputErrors();
        errors.CheckText(idempotencyKey, IdempotencyKey, MaxKeyLength);
        errors.ThrowIfAny();
        return idempotencyKey!;
    }

    /// <summary>Tells a repeated request from another one under the same key.</summary>
    public static string HashOf(PlaceOrder request) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, ContractsJson.Options)));

    private static void CheckPayment(InputErrors errors, PaymentMethod? payment)
    {
        if (errors.Check(payment is not null, "payment", "is required"))
        {
            var isCredit = payment!.Kind == PaymentMethod.Credit;
            errors.Check(isCredit || payment.Kind == PaymentMethod.Card, "payment.kind", $"is {PaymentMethod.Card} or {PaymentMethod.Credit}");
            if (!isCredit)
            {
                errors.CheckText(payment.CardToken, "payment.cardToken", MaxTokenLength);
            }
        }
    }
}
