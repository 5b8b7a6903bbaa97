using System.Net;
using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Services.Tests.Search;

/// <summary>What is found, and how.</summary>
public sealed class SearchTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private SearchShop _shop = null!;

    public async Task InitializeAsync() => _shop = await SearchShop.StartAsync();

    public Task DisposeAsync() => _shop.DisposeAsync().AsTask();

    [Fact]
    public async Task A_product_is_found_with_the_average_and_number_of_its_reviews()
    {
        await _shop.CreateAsync("mug", "A mug", 7.5m, "Kitchen", "Blue");
        await _shop.ReviewAsync("mug", "c1", 1);
        await _shop.ReviewAsync("mug", "c2", 4);
        await _shop.ReviewAsync("mug", "c1", 5);

        var expected = new FoundProduct("mug", "A mug", new MoneyAmount(7.5m, "GBP"), false, "Kitchen", "Blue", 4.5, 2);
        await Eventually.TrueAsync(async () => await _shop.FindAsync("mug") == expected);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found() => Assert.Null(await _shop.FindAsync("none"));

    [Fact]
    public async Task Words_are_found_by_their_beginnings_in_name_category_description_and_sku_without_regard_to_accents()
    {
        await DeliverAsync(Created("LAMP-1", "Desk lamp, brass", 64.9m, "Office", "Turns and tilts"));
        await DeliverAsync(Created("CUP-1", "Café cup", 5, "Kitchen"));

        Assert.Equal(["LAMP-1"], await SkusAsync("term=bra"));
        Assert.Equal(["LAMP-1"], await SkusAsync("term=DESK lam"));
        Assert.Equal(["LAMP-1"], await SkusAsync("term=tilt"));
        Assert.Equal(["LAMP-1"], await SkusAsync("term=lamp-1"));
        Assert.Equal(["CUP-1"], await SkusAsync("term=cafe kitch"));
        Assert.Empty(await SkusAsync("term=desk cup"));
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("' OR 1=1 --")]
    [InlineData("name:brass")]
    [InlineData("brass AND (")]
    [InlineData("brass NOT desk")]
    [InlineData("*")]
    [InlineData("%00")]
    public async Task Whatever_is_typed_is_a_term_and_no_more(string term)
    {
        await DeliverAsync(Created("LAMP-1", "Desk lamp, brass", 64.9m));

        Assert.Empty(await SkusAsync($"term={(term.StartsWith('%') ? term : Uri.EscapeDataString(term))}"));
    }

    [Fact]
    public async Task Filters_work_together_and_the_total_counts_all_pages()
    {
        for (var i = 1; i <= 30; i++)
        {
            await DeliverAsync(Created($"p{i:00}", $"Thing {i:00}", i, i % 2 == 0 ? "Even" : "Odd"));
        }

        await DeliverAsync(Created("euro", "Thing 99", 12, "Even", currency: "EUR"));

        var page = await _shop.SearchAsync("term=thing&category=even&minPrice=5&maxPrice=24&currency=GBP&sort=-price&page=2&pageSize=4");

        Assert.Equal((10, 2, 4), (page.Total, page.Page, page.PageSize));
        Assert.Equal(["p16", "p14", "p12", "p10"], page.Items.Select(product => product.Sku));
        Assert.Equal(31, (await _shop.SearchAsync("")).Total);
        Assert.Equal(
            [new CategoryCount("Even", 16), new CategoryCount("Odd", 15)],
            (await _shop.Search.GetAsync<CategoryCounts>("/search/categories")).Categories);
    }

    [Fact]
    public async Task Pages_leave_nothing_out_and_show_nothing_twice()
    {
        for (var i = 0; i < 25; i++)
        {
            await DeliverAsync(Created($"p{i:00}", "The same name", 1));
        }

        foreach (var sort in new[] { "relevance", "name", "price", "-price", "rating", "popular" })
        {
            var skus = new List<string>();
            for (var page = 1; page <= 4; page++)
            {
                skus.AddRange(await SkusAsync($"term=same&pageSize=7&page={page}&sort={sort}"));
            }

            Assert.Equal(Enumerable.Range(0, 25).Select(i => $"p{i:00}"), skus.Order());
        }
    }

    [Fact]
    public async Task Products_are_sorted_by_name_price_and_rating()
    {
        await DeliverAsync(Created("a", "beta", 3));
        await DeliverAsync(Created("b", "Alpha", 2));
        await DeliverAsync(Created("c", "gamma", 10));
        await DeliverAsync(new ProductReviewed("c", "c1", 5, null, s_now, 1));
        await DeliverAsync(new ProductReviewed("a", "c1", 3, null, s_now, 1));

        Assert.Equal(["b", "a", "c"], await SkusAsync("sort=name"));
        Assert.Equal(["b", "a", "c"], await SkusAsync("sort=price"));
        Assert.Equal(["c", "a", "b"], await SkusAsync("sort=-price"));
        Assert.Equal(["c", "a", "b"], await SkusAsync("sort=rating"));
    }

    [Fact]
    public async Task A_discontinued_product_is_shown_but_no_longer_found()
    {
        await _shop.CreateAsync("mug", "A mug", 7.5m);
        await _shop.Catalog.PostAsync<ProductResponse>("/products/mug/discontinuation");

        await Eventually.TrueAsync(async () => await _shop.FindAsync("mug") is { Discontinued: true });
        Assert.Empty(await SkusAsync("term=mug"));
    }

    [Fact]
    public async Task Popular_is_what_was_sold_most_less_what_came_back()
    {
        foreach (var sku in new[] { "a", "b", "c" })
        {
            await DeliverAsync(Created(sku, sku, 1));
        }

        // The return is heard of first.
        await SellAsync(new OrderReturned("o1", "r1", new MoneyAmount(3, "GBP"), [new("a", 3)], s_now), "return");
        for (var time = 0; time < 2; time++)
        {
            await SellAsync(Confirmed("o1", ("a", 5), ("b", 4)), "1");
            await SellAsync(Confirmed("o2", ("b", 1)), "2");
        }

        var popular = await _shop.Search.GetAsync<PopularProducts>("/search/popular");
        Assert.Equal([("b", 5L), ("a", 2L)], popular.Items.Select(item => (item.Product.Sku, item.Sold)));
        Assert.Single((await _shop.Search.GetAsync<PopularProducts>("/search/popular?limit=1")).Items);
        Assert.Equal(["b", "a", "c"], await SkusAsync("sort=popular"));
    }

    [Fact]
    public async Task A_sale_that_is_published_is_counted()
    {
        await _shop.CreateAsync("mug", "A mug", 7.5m);
        await _shop.Shop.PublishAsync(Topics.Orders, Confirmed("o1", ("mug", 2)), "1");
        await _shop.Shop.PublishAsync(Topics.Orders, Confirmed("o1", ("mug", 2)), "1");
        await _shop.Shop.PublishAsync(Topics.Orders, Confirmed("o2", ("mug", 1)), "2");

        await Eventually.TrueAsync(async () =>
            (await _shop.Search.GetAsync<PopularProducts>("/search/popular")).Items is [{ Product.Sku: "mug", Sold: 3 }]);
    }

    [Theory]
    [InlineData("minPrice=1", "currency")]
    [InlineData("minPrice=2&maxPrice=1&currency=GBP", "maxPrice")]
    [InlineData("currency=QQQ", "currency")]
    [InlineData("sort=colour", "sort")]
    [InlineData("page=0", "page")]
    [InlineData("pageSize=101", "pageSize")]
    public async Task A_bad_question_is_refused_by_its_field(string query, string field)
    {
        using var response = await _shop.Search.Http.GetAsync($"/search/products?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync<Problem>(response.Content, ContractsJson.Options);
        Assert.Equal(field, Assert.Single(problem!.Errors!).Key);
    }

    [Fact]
    public async Task What_can_be_no_event_of_the_shop_is_a_dead_letter()
    {
        DomainEvent[] bad =
        [
            Created("a b", "A mug", 1),
            Created("mug", "A mug", 0),
            new ProductReviewed("mug", "c1", 6, null, s_now, 1),
        ];
        foreach (var happened in bad)
        {
            Assert.Contains("DROP", await _shop.DeliverAsync(Topics.Catalog, happened, Guid.NewGuid().ToString()), StringComparison.Ordinal);
        }

        Assert.Contains("DROP", await _shop.DeliverAsync(Topics.Catalog, Created("mug", "A mug", 1), ""), StringComparison.Ordinal);
        Assert.Null(await _shop.FindAsync("mug"));
    }

    private static ProductCreated Created(string sku, string name, decimal price, string? category = null, string? description = null, string currency = "GBP") =>
        new(sku, name, new MoneyAmount(price, currency), s_now, category, description);

    private static OrderConfirmed Confirmed(string orderId, params (string Sku, int Units)[] lines)
    {
        var price = new MoneyAmount(1, "GBP");
        return new(orderId, "c1", "INV-1", price, s_now, [.. lines.Select(line => new SoldLine(line.Sku, line.Units, price))]);
    }

    private Task<string> DeliverAsync(DomainEvent happened) => _shop.DeliverAsync(Topics.Catalog, happened, Guid.NewGuid().ToString());

    private Task<string> SellAsync(DomainEvent happened, string id) => _shop.DeliverAsync(Topics.Orders, happened, id);

    private async Task<IEnumerable<string>> SkusAsync(string query) => (await _shop.SearchAsync(query)).Items.Select(product => product.Sku);
}
