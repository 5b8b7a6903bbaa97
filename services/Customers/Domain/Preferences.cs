using System.Text.RegularExpressions;
using DaprShop.Domain;

namespace DaprShop.Customers.Domain;

/// <summary>How a customer wants to be served.</summary>
public sealed partial record Preferences
{
    /// <exception cref="DomainException">Field <c>language</c> or <c>currency</c>.</exception>
    public Preferences(string language, string currency, bool orderUpdates, bool newsletter)
    {
        Language = language is not null && LanguageTag().IsMatch(language)
            ? language
            : throw new DomainException(DomainErrors.Invalid, "is a language like en or en-GB", "language");
        Currency = DaprShop.Domain.Currency.IsKnown(currency)
            ? currency
            : throw new DomainException(DomainErrors.Invalid, $"'{currency}' is not an ISO 4217 currency", "currency");
        OrderUpdates = orderUpdates;
        Newsletter = newsletter;
    }

    /// <summary>What a customer has who did not say otherwise: no advertisement without consent.</summary>
    public static Preferences Default { get; } = new("en", "GBP", orderUpdates: true, newsletter: false);

    /// <summary>BCP 47: a language, or one with its region.</summary>
    public string Language { get; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; }

    /// <summary>Messages about one's own orders.</summary>
    public bool OrderUpdates { get; }

    public bool Newsletter { get; }

    [GeneratedRegex(@"^[a-z]{2,3}(-[A-Z]{2})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LanguageTag();
}
