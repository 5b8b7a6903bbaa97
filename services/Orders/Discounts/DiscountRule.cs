using System.Text.Json;
using System.Text.Json.Serialization;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Discounts;

/// <summary>A discount as it is written in the configuration store. Which fields it needs depends on its kind.</summary>
internal sealed record DiscountRule(
    string? Name,
    DiscountKind? Kind,
    decimal? Percent = null,
    MoneyAmount? Amount = null,
    MoneyAmount? Minimum = null,
    string? Code = null,
    DateTimeOffset? ValidFrom = null,
    DateTimeOffset? ValidUntil = null,
    bool OncePerCustomer = false)
{
    private const int MaxNameLength = 100;

    // A misspelt field would give away, or keep, what nobody meant: it is an error.
    private static readonly JsonSerializerOptions s_strict =
        new(ContractsJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>Reads a list of rules; no text is no rules.</summary>
    /// <exception cref="JsonException">It is not such a list.</exception>
    /// <exception cref="InvalidInputException">A rule cannot be; the fields say which.</exception>
    public static IReadOnlyList<Discount> ReadAll(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return [];
        }

        var rules = JsonSerializer.Deserialize<List<DiscountRule?>>(json, s_strict) ?? [];
        var errors = new InputErrors();
        List<Discount> discounts = [];
        foreach (var (i, rule) in rules.Index())
        {
            if (errors.Check(rule is not null, $"[{i}]", "is required") && rule!.Read($"[{i}]", errors) is { } discount)
            {
                errors.Check(discounts.TrueForAll(other => other.Name != discount.Name), $"[{i}].name", "is the name of another discount");
                errors.Check(
                    discount.Coupon is not { } coupon || discounts.TrueForAll(other => other.Coupon?.IsNamed(coupon.Code) != true),
                    $"[{i}].code", "is the code of another coupon");
                discounts.Add(discount);
            }
        }

        errors.ThrowIfAny();
        return discounts;
    }

    private Discount? Read(string path, InputErrors errors)
    {
        var isCoupon = Kind == DiscountKind.Coupon;
        errors.CheckText(Name, $"{path}.name", MaxNameLength);
        errors.Check(Name != Pricing.Premium.Name, $"{path}.name", "is that of the premium customers' discount");
        errors.Check(
            Kind is DiscountKind.Percentage or DiscountKind.Threshold or DiscountKind.Fixed or DiscountKind.Coupon,
            $"{path}.kind", "is percentage, threshold, fixed or coupon");
        errors.Check(Kind != DiscountKind.Percentage || Percent is not null, $"{path}.percent", "is required");
        errors.Check(Kind != DiscountKind.Fixed || Amount is not null, $"{path}.amount", "is required");
        errors.Check(Kind != DiscountKind.Threshold || Minimum is not null, $"{path}.minimum", "is required");
        errors.Check(isCoupon ? Identifiers.IsId(Code) : Code is null, $"{path}.code", isCoupon ? Identifiers.IdRule : "is for coupons only");
        errors.Check(isCoupon || (ValidFrom ?? ValidUntil) is null, $"{path}.validFrom", "is for coupons only");
        errors.Check(isCoupon || !OncePerCustomer, $"{path}.oncePerCustomer", "is for coupons only");
        errors.Check(!(ValidFrom >= ValidUntil), $"{path}.validUntil", "is not after validFrom");
        errors.Check(Percent is null != Amount is null, $"{path}.percent", "is required, or an amount, and not both");

        var minimum = Minimum is null ? null : errors.Try($"{path}.minimum", Minimum.ToMoney);
        Reduction? off = Percent is { } percent ? errors.Try(path, () => new PercentOff(percent))
            : Amount is { } amount ? errors.Try($"{path}.amount", () => new AmountOff(amount.ToMoney()))
            : null;
        return off is null || Name is null || Kind is null
            ? null
            : new Discount(Name, Kind.Value, off)
            {
                Minimum = minimum,
                Coupon = isCoupon && Code is not null ? new CouponTerms(Code, ValidFrom, ValidUntil, OncePerCustomer) : null,
            };
    }
}
