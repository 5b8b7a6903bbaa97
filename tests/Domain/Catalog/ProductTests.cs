using DaprShop.Catalog.Domain;
using DaprShop.Contracts;

namespace DaprShop.Domain.Tests.Catalog;

public sealed class ProductTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Product s_mug = new("mug", "A mug", new Money(7.5m, "GBP"), category: "Kitchen", description: "Blue");

    [Fact]
    public void A_product_has_a_sku_a_name_and_a_price()
    {
        var product = new Product("mug-1", " A mug ", new Money(7.5m, "GBP"));

        Assert.Equal("A mug", product.Name);
        Assert.False(product.Discontinued);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("é")]
    [InlineData("mug\n")]
    public void A_sku_is_made_of_few_characters(string sku) => AssertRefused("sku", sku, "A mug", 1);

    [Fact]
    public void A_sku_is_at_most_64_characters_long()
    {
        Assert.True(Identifiers.IsSku(new string('a', 64)));
        Assert.False(Identifiers.IsSku(new string('a', 65)));
    }

    [Fact]
    public void A_name_is_needed() => AssertRefused("name", "mug", "  ", 1);

    [Fact]
    public void Nothing_is_for_free() => AssertRefused("price.amount", "mug", "A mug", 0);

    [Fact]
    public void A_category_and_a_description_may_be_missing_but_not_be_endless()
    {
        Assert.Null(new Product("mug", "A mug", new Money(1, "GBP"), category: " ").Category);
        Assert.Equal("category", Assert.Throws<DomainException>(
            () => new Product("mug", "A mug", new Money(1, "GBP"), category: new string('x', Product.MaxCategoryLength + 1))).Field);
        Assert.Equal("description", Assert.Throws<DomainException>(
            () => new Product("mug", "A mug", new Money(1, "GBP"), description: new string('x', Product.MaxDescriptionLength + 1))).Field);
    }

    [Fact]
    public void Its_creation_tells_all_that_it_is() => Assert.Equal(
        new ProductCreated("mug", "A mug", new MoneyAmount(7.5m, "GBP"), s_now, "Kitchen", "Blue", 1), s_mug.Created(s_now));

    [Fact]
    public void A_change_of_price_is_a_new_version_and_tells_both_prices()
    {
        var (changed, happened) = s_mug.ChangePrice(new Money(8, "GBP"), s_now);

        Assert.Equal((new Money(8, "GBP"), 2L), (changed.Price, changed.Version));
        Assert.Equal(new ProductPriceChanged("mug", new MoneyAmount(7.5m, "GBP"), new MoneyAmount(8, "GBP"), s_now, 2), happened);
    }

    [Fact]
    public void The_same_price_again_changes_nothing()
    {
        var (same, happened) = s_mug.ChangePrice(new Money(7.50m, "GBP"), s_now);

        Assert.Same(s_mug, same);
        Assert.Null(happened);
    }

    [Theory]
    [InlineData(0, "GBP", "price.amount")]
    [InlineData(8, "EUR", "price.currency")]
    public void A_price_that_cannot_be_is_refused_by_its_field(decimal amount, string currency, string field) =>
        Assert.Equal(field, Assert.Throws<DomainException>(() => s_mug.ChangePrice(new Money(amount, currency), s_now)).Field);

    [Fact]
    public void A_discontinued_product_stays_so_and_keeps_its_price()
    {
        var (gone, happened) = s_mug.Discontinue(s_now);

        Assert.Equal(new ProductDiscontinued("mug", s_now, 2), happened);
        Assert.Null(gone.Discontinue(s_now).Happened);
        Assert.Equal(Problems.ProductDiscontinued, Assert.Throws<DomainException>(() => gone.ChangePrice(new Money(8, "GBP"), s_now)).Code);
    }

    private static void AssertRefused(string field, string sku, string name, decimal price) =>
        Assert.Equal(field, Assert.Throws<DomainException>(() => new Product(sku, name, new Money(price, "GBP"))).Field);
}
