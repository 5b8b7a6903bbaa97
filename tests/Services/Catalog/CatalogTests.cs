using System.Net;
using DaprShop.Catalog.Domain;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Catalog;

public sealed class CatalogTests : IAsyncLifetime
{
    private Shop _shop = null!;
    private RunningService _catalog = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Catalog);
        _catalog = _shop.Run<Product>(AppIds.Catalog);
    }

    public Task DisposeAsync() => _shop.DisposeAsync().AsTask();

    [Fact]
    public async Task A_product_is_created_once()
    {
        using var created = await _catalog.SendAsync(HttpMethod.Post, "/products", Product("mug"));
        using var again = await _catalog.SendAsync(HttpMethod.Post, "/products", Product("mug"));
        var other = await _catalog.RefusedAsync("/products", Product("mug") with { Name = "A cup" });

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.StatusCode, again.StatusCode));
        Assert.Equal((409, Problems.AlreadyExists), (other.Status, other.Code));
        Assert.Equal(new ProductResponse("mug", "Product mug", new MoneyAmount(7.5m, "GBP"), false), await _catalog.GetAsync<ProductResponse>("/products/mug"));
    }

    [Fact]
    public async Task Products_created_at_the_same_time_are_all_listed_in_order_page_by_page()
    {
        string[] skus = [.. Enumerable.Range(0, 250).Select(i => $"sku-{i:000}")];
        await Parallel.ForEachAsync(skus, new ParallelOptions { MaxDegreeOfParallelism = 25 }, async (sku, _) =>
            await _catalog.PostAsync<ProductResponse>("/products", Product(sku)));

        var listed = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await _catalog.GetAsync<Page<ProductResponse>>($"/products?limit=60&after={after}");
            listed.AddRange(page.Items.Select(product => product.Sku));
            after = page.Next;
        }

        Assert.Equal(skus, listed);
    }

    [Fact]
    public async Task A_lookup_finds_what_there_is_and_leaves_out_the_rest()
    {
        await _catalog.PostAsync<ProductResponse>("/products", Product("mug"));
        await _catalog.PostAsync<ProductResponse>("/products", Product("cup"));
        string[] skus = ["mug", "mug", "cup", "not one", .. Enumerable.Range(0, 700).Select(i => $"none-{i}")];

        var found = await _catalog.PostAsync<ProductsFound>("/products/lookup", new LookUpProducts(skus));

        Assert.Equal(["cup", "mug"], found.Products.Select(product => product.Sku).Order());
    }

    [Fact]
    public async Task A_lookup_has_a_limit()
    {
        var problem = await _catalog.RefusedAsync("/products/lookup", new LookUpProducts([.. Enumerable.Range(0, 1_001).Select(i => $"{i}")]));

        Assert.Equal(400, problem.Status);
        Assert.Equal("skus", Assert.Single(problem.Errors!).Key);
    }

    [Theory]
    [InlineData("a/b", "A mug", 1, "GBP", "sku")]
    [InlineData("mug", "", 1, "GBP", "name")]
    [InlineData("mug", "A mug", 0, "GBP", "price.amount")]
    [InlineData("mug", "A mug", -1, "GBP", "price.amount")]
    [InlineData("mug", "A mug", 1, "QQQ", "price.currency")]
    public async Task Bad_input_is_refused_by_its_field(string sku, string name, decimal amount, string currency, string field)
    {
        var problem = await _catalog.RefusedAsync("/products", new CreateProduct(sku, name, new MoneyAmount(amount, currency)));

        Assert.Equal(400, problem.Status);
        Assert.Equal(field, Assert.Single(problem.Errors!).Key);
    }

    [Fact]
    public async Task A_page_has_a_limit() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _catalog.Http.GetAsync("/products?limit=501")).StatusCode);

    [Fact]
    public async Task The_built_in_catalogue_is_there_once_after_two_starts()
    {
        var first = _shop.Run<Product>(AppIds.Catalog, ("SEED", "true"));
        var second = _shop.Run<Product>(AppIds.Catalog, ("SEED", "true"));
        await Eventually.TrueAsync(async () => (await ListAsync(first)).Count == 12 && (await ListAsync(second)).Count == 12);

        Assert.All(await ListAsync(first), product =>
        {
            Assert.Equal("GBP", product.Price.Currency);
            Assert.NotNull(product.Category);
            Assert.NotNull(product.Description);
        });
    }

    private static CreateProduct Product(string sku) => new(sku, $"Product {sku}", new MoneyAmount(7.5m, "GBP"));

    private static async Task<IReadOnlyList<ProductResponse>> ListAsync(RunningService catalog) =>
        (await catalog.GetAsync<Page<ProductResponse>>("/products")).Items;
}
