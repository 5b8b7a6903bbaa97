using System.Text.RegularExpressions;
using DaprShop.Domain;

namespace DaprShop.Catalog.Domain;

/// <summary>Something the shop sells.</summary>
public sealed partial record Product
{
    public const int MaxNameLength = 200;

    /// <exception cref="DomainException">A field is wrong; it names the field.</exception>
    public Product(string sku, string name, Money price, bool discontinued = false)
    {
        if (!IsSku(sku))
        {
            throw Invalid("sku", "A SKU is 1 to 64 letters, digits, dots, dashes and underscores.");
        }

        if (string.IsNullOrWhiteSpace(name) || name.Trim().Length > MaxNameLength)
        {
            throw Invalid("name", $"A name of at most {MaxNameLength} characters is needed.");
        }

        if (price.Amount <= 0)
        {
            throw Invalid("price.amount", "A price is more than nothing.");
        }

        Sku = sku;
        Name = name.Trim();
        Price = price;
        Discontinued = discontinued;
    }

    public string Sku { get; }

    public string Name { get; }

    public Money Price { get; }

    public bool Discontinued { get; }

    public static bool IsSku(string? text) => text is not null && SkuPattern().IsMatch(text);

    private static DomainException Invalid(string field, string message) => new(DomainErrors.Invalid, message, field);

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SkuPattern();
}
