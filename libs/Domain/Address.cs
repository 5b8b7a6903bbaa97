namespace DaprShop.Domain;

/// <summary>A complete postal address. Immutable; equal by all its fields.</summary>
public sealed record Address
{
    /// <summary>Takes the fields without surrounding blanks.</summary>
    /// <exception cref="DomainException">A field is missing, or the country is no ISO 3166 alpha-2 code; it names the field.</exception>
    public Address(string street, string city, string state, string postalCode, string country)
    {
        Street = Given(street, "street");
        City = Given(city, "city");
        State = Given(state, "state");
        PostalCode = Given(postalCode, "postalCode");
        Country = Given(country, "country");
        if (!Domain.Country.IsKnown(Country))
        {
            throw new DomainException(DomainErrors.Invalid, $"'{Country}' is not an ISO 3166 alpha-2 country code", "country");
        }
    }

    /// <summary>Street and number.</summary>
    public string Street { get; }

    /// <summary>City.</summary>
    public string City { get; }

    /// <summary>State, county or province.</summary>
    public string State { get; }

    /// <summary>Postal code, as the country writes it.</summary>
    public string PostalCode { get; }

    /// <summary>ISO 3166 alpha-2.</summary>
    public string Country { get; }

    private static string Given(string? value, string field) =>
        string.IsNullOrWhiteSpace(value) ? throw new DomainException(DomainErrors.Invalid, "An address needs this field", field) : value.Trim();
}
