using DaprShop.Catalog.Domain;

namespace DaprShop.Domain.Tests.Catalog;

public sealed class ProductTests
{
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

    private static void AssertRefused(string field, string sku, string name, decimal price) =>
        Assert.Equal(field, Assert.Throws<DomainException>(() => new Product(sku, name, new Money(price, "GBP"))).Field);
}
