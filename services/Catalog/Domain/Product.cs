using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Catalog.Domain;

/// <summary>Something the shop sells. Commands are decisions: they give the product as it is afterwards, and what happened.</summary>
public sealed record Product
{
    public const int MaxNameLength = 200;
    public const int MaxCategoryLength = 100;
    public const int MaxDescriptionLength = 4_000;

    /// <exception cref="DomainException">A field is wrong; it names the field.</exception>
    public Product(
        string sku, string name, Money price, bool discontinued = false, string? category = null, string? description = null, long version = 1)
    {
        if (!Identifiers.IsSku(sku))
        {
            throw Invalid("sku", Identifiers.SkuRule);
        }

        if (string.IsNullOrWhiteSpace(name) || name.Trim().Length > MaxNameLength)
        {
            throw Invalid("name", $"is 1 to {MaxNameLength} characters");
        }

        Sku = sku;
        Name = name.Trim();
        Price = CheckedPrice(price);
        Discontinued = discontinued;
        Category = CheckedText(category, "category", MaxCategoryLength);
        Description = CheckedText(description, "description", MaxDescriptionLength);
        Version = version;
    }

    public string Sku { get; }

    public string Name { get; }

    public Money Price { get; private init; }

    public bool Discontinued { get; private init; }

    public string? Category { get; }

    public string? Description { get; }

    /// <summary>Counts the changes, 1 being the creation; the events carry it, because they may come in any order.</summary>
    public long Version { get; private init; }

    public ProductCreated Created(DateTimeOffset now) => new(Sku, Name, Price.ToContract(), now, Category, Description, Version);

    /// <summary>Whether it was created as the other was, whatever became of it.</summary>
    public bool IsCreatedAs(Product other) => this with { Version = other.Version } == other;

    /// <exception cref="DomainException">The price cannot be (by field), or the product is not sold any more.</exception>
    public Decision<Product> ChangePrice(Money price, DateTimeOffset now)
    {
        if (Discontinued)
        {
            throw new DomainException(Problems.ProductDiscontinued, $"{Sku} is not sold any more");
        }

        if (price.Currency != Price.Currency)
        {
            throw Invalid("price.currency", $"is {Price.Currency}, as the product was created");
        }

        if (price == Price)
        {
            return new(this, null);
        }

        var changed = this with { Price = CheckedPrice(price), Version = Version + 1 };
        return new(changed, new ProductPriceChanged(Sku, Price.ToContract(), price.ToContract(), now, changed.Version));
    }

    public Decision<Product> Discontinue(DateTimeOffset now)
    {
        if (Discontinued)
        {
            return new(this, null);
        }

        var changed = this with { Discontinued = true, Version = Version + 1 };
        return new(changed, new ProductDiscontinued(Sku, now, changed.Version));
    }

    private static Money CheckedPrice(Money price) => price.Amount > 0 ? price : throw Invalid("price.amount", "is more than nothing");

    private static string? CheckedText(string? text, string field, int maxLength) =>
        string.IsNullOrWhiteSpace(text) ? null
        : text.Trim().Length <= maxLength ? text.Trim()
        : throw Invalid(field, $"has more than {maxLength} characters");

    private static DomainException Invalid(string field, string message) => new(DomainErrors.Invalid, message, field);
}

/// <summary>What a command leads to; without an event nothing changes.</summary>
public sealed record Decision<T>(T Next, DomainEvent? Happened);
