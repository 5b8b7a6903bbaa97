using DaprShop.Domain;

namespace DaprShop.Catalog.Domain;

/// <summary>Something the shop sells.</summary>
public sealed record Product
{
    public const int MaxNameLength = 200;

    /// <exception cref="DomainException">A field is wrong; it names the field.</exception>
    public Product(string sku, string name, Money price, bool discontinued = false)
    {
        if (!Identifiers.IsSku(sku))
        {
            throw Invalid("sku", Identifiers.SkuRule);
        }

        if (string.IsNullOrWhiteSpace(name) || name.Trim().Length > MaxNameLength)
        {
            throw Invalid("name", $"is 1 to {MaxNameLength} characters");
        }

        if (price.Amount <= 0)
        {
            throw Invalid("price.amount", "is more than nothing");
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

    private static DomainException Invalid(string field, string message) => new(DomainErrors.Invalid, message, field);
}
