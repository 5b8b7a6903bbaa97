using DaprShop.Search.Domain;

namespace DaprShop.Domain.Tests.Search;

public sealed class ProductQueryTests
{
    [Fact]
    public void Nothing_has_to_be_given() => Assert.Empty(new ProductQuery().Errors());

    [Fact]
    public void A_price_needs_a_currency()
    {
        AssertRefused("currency", new ProductQuery { MinPrice = 1 });
        AssertRefused("currency", new ProductQuery { MaxPrice = 1 });
        AssertRefused("currency", new ProductQuery { MaxPrice = 1, Currency = "XXX" });
        Assert.Empty(new ProductQuery { MinPrice = 1, MaxPrice = 1, Currency = "GBP" }.Errors());
    }

    [Fact]
    public void A_range_of_prices_has_its_ends_in_order_and_none_below_zero()
    {
        AssertRefused("maxPrice", new ProductQuery { MinPrice = 2, MaxPrice = 1, Currency = "GBP" });
        AssertRefused("minPrice", new ProductQuery { MinPrice = -1, Currency = "GBP" });
        AssertRefused("maxPrice", new ProductQuery { MaxPrice = -1, Currency = "GBP" });
    }

    [Fact]
    public void Pages_are_counted_from_one_and_have_a_limit()
    {
        AssertRefused("page", new ProductQuery { Page = 0 });
        AssertRefused("page", new ProductQuery { Page = ProductQuery.MaxPage + 1 });
        AssertRefused("pageSize", new ProductQuery { PageSize = 0 });
        AssertRefused("pageSize", new ProductQuery { PageSize = ProductQuery.MaxPageSize + 1 });
    }

    [Fact]
    public void Only_known_orders_sort()
    {
        AssertRefused("sort", new ProductQuery { Sort = "PRICE" });
        Assert.All(ProductOrders.Names, name => Assert.Empty(new ProductQuery { Sort = name }.Errors()));
    }

    [Fact]
    public void A_term_has_an_end() => AssertRefused("term", new ProductQuery { Term = new string('x', SearchTerm.MaxLength + 1) });

    private static void AssertRefused(string field, ProductQuery query) => Assert.Equal(field, Assert.Single(query.Errors()).Field);
}
