using System.Net;
using DaprShop.Contracts;
using DaprShop.Search.Index;
using DaprShop.Search.Rebuilding;

namespace DaprShop.Services.Tests.Search;

public sealed class RebuildTests
{
    private const int Products = 230; // More than a page of the rebuild's.

    [Fact]
    public async Task A_rebuild_amid_changes_serves_the_old_model_and_ends_equal_to_what_the_catalogue_has()
    {
        await using var shop = await SearchShop.StartAsync();
        await Parallel.ForAsync(0, Products, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => await shop.CreateAsync(Sku(i), $"Thing {i}", 1));
        await Eventually.TrueAsync(async () => (await shop.SearchAsync("pageSize=1")).Total == Products);

        using var quiet = new CancellationTokenSource();
        var reading = ReadUntilAsync(shop, quiet.Token);
        var changing = Task.WhenAll(Enumerable.Range(0, 4).Select(seed => ChangeAsync(shop, seed)));
        do
        {
            await shop.RebuildAsync();
        }
        while (!changing.IsCompleted);
        await changing;
        await quiet.CancelAsync();
        await reading;

        var expected = await ExpectedAsync(shop);
        await Eventually.TrueAsync(async () => expected.SequenceEqual(await FoundAsync(shop)));
        await shop.RebuildAsync();
        Assert.Equal(expected, await FoundAsync(shop));
        Assert.Equal(expected.Count(product => !product!.Discontinued), (await shop.SearchAsync("term=thing")).Total);
    }

    [Fact]
    public async Task A_new_index_is_built_from_the_catalogue_before_it_has_heard_anything()
    {
        await using var shop = await SearchShop.StartAsync();
        await shop.CreateAsync("mug", "A mug", 7.5m);
        await shop.ReviewAsync("mug", "c1", 4);
        var second = shop.Run("another");

        await Eventually.TrueAsync(async () => (await second.GetAsync<SearchResults>("/search/products?term=mug")).Items is [{ Rating: 4, Reviews: 1 }]);
    }

    [Fact]
    public async Task What_was_sold_is_still_known_after_a_rebuild_and_a_restart()
    {
        await using var shop = await SearchShop.StartAsync();
        await shop.CreateAsync("mug", "A mug", 1);
        var price = new MoneyAmount(1, "GBP");
        await shop.DeliverAsync(Topics.Orders, new OrderConfirmed("o1", "c1", "INV-1", price, default, [new SoldLine("mug", 3, price)]), "1");
        await shop.RebuildAsync();
        Assert.Equal(3, Assert.Single((await shop.Search.GetAsync<PopularProducts>("/search/popular")).Items).Sold);

        await shop.RestartAsync();
        await shop.DeliverAsync(Topics.Orders, new OrderConfirmed("o1", "c1", "INV-1", price, default, [new SoldLine("mug", 3, price)]), "1");

        Assert.Equal(3, Assert.Single((await shop.Search.GetAsync<PopularProducts>("/search/popular")).Items).Sold);
    }

    [Fact]
    public async Task Only_staff_may_ask_for_a_rebuild()
    {
        await using var shop = await SearchShop.StartAsync();

        await using var customer = shop.Search.As(Callers.Customer("ann"));

        var refused = await customer.RefusedAsync("/search/rebuild");
        using var shown = await customer.Http.GetAsync("/search/rebuild");

        Assert.Equal((403, Problems.Forbidden), (refused.Status, refused.Code));
        Assert.Equal(HttpStatusCode.Forbidden, shown.StatusCode);
    }

    [Fact]
    public void A_rebuild_whose_owner_died_is_taken_over_and_its_tables_are_dropped()
    {
        var directory = Directory.CreateTempSubdirectory("rebuild-");
        using (var file = new IndexFile(Path.Combine(directory.FullName, "search.db")))
        using (var session = file.Open())
        {
            var now = DateTimeOffset.UnixEpoch.AddYears(60);
            RebuildLog.Request(session, now);
            RebuildLog.Request(session, now);
            var first = RebuildLog.TryTake(session, "first", now);
            Assert.NotNull(first);
            Assert.Null(RebuildLog.TryTake(session, "second", now + RebuildLog.Patience));

            var later = now + 2 * RebuildLog.Patience;
            var second = RebuildLog.TryTake(session, "second", later);

            Assert.NotEqual(first, second);
            Assert.Throws<RebuildLostException>(() => RebuildLog.Advance(session, "first", later, 1, 0));
            RebuildLog.Finish(session, "second", later);
            Assert.Equal(second, Edition.Read(session).Active);
            Assert.Equal("finished", RebuildLog.Last(session)!.State);
            Assert.Equal(1, session.Count("SELECT count(*) FROM rebuild"));
            Assert.Equal(1, session.Count("SELECT count(*) FROM sqlite_schema WHERE name GLOB 'product_[0-9]*' AND type = 'table'"));
        }

        directory.Delete(recursive: true);
    }

    private static string Sku(int i) => $"p{i:000}";

    private static async Task ChangeAsync(SearchShop shop, int seed)
    {
        var random = new Random(seed);
        for (var change = 0; change < 60; change++)
        {
            var sku = Sku(random.Next(20) * 11);
            switch (random.Next(10))
            {
                case < 4:
                    // One that is discontinued refuses.
                    using (await shop.Catalog.SendAsync(HttpMethod.Put, $"/products/{sku}/price", new ChangePrice(new MoneyAmount(random.Next(1, 99), "GBP"))))
                    {
                        break;
                    }

                case < 8:
                    await shop.ReviewAsync(sku, $"c{random.Next(5)}", random.Next(1, 6));
                    break;
                case 8:
                    await shop.CreateAsync($"new-{seed}-{change}", $"Thing of {seed}", 5);
                    break;
                default:
                    if (random.Next(3) == 0)
                    {
                        await shop.Catalog.PostAsync<ProductResponse>($"/products/{sku}/discontinuation");
                    }

                    break;
            }
        }
    }

    private static async Task ReadUntilAsync(SearchShop shop, CancellationToken quiet)
    {
        while (!quiet.IsCancellationRequested)
        {
            Assert.NotNull(await shop.FindAsync(Sku(1)));
            Assert.InRange((await shop.SearchAsync("pageSize=1")).Total, Products - 20, int.MaxValue);
        }
    }

    private static async Task<List<FoundProduct?>> ExpectedAsync(SearchShop shop)
    {
        var reviews = (await shop.Catalog.GetAsync<Page<ProductReviews>>("/reviews?limit=500")).Items.ToDictionary(item => item.Sku, item => item.Reviews);
        var products = (await shop.Catalog.GetAsync<Page<ProductResponse>>("/products?limit=500")).Items;
        return
        [
            .. from product in products
               let of = reviews.GetValueOrDefault(product.Sku) ?? []
               select new FoundProduct(
                   product.Sku, product.Name, product.Price, product.Discontinued, product.Category, product.Description,
                   of.Count == 0 ? null : Math.Round(of.Average(review => review.Rating), 2), of.Count),
        ];
    }

    private static async Task<List<FoundProduct?>> FoundAsync(SearchShop shop)
    {
        var skus = (await shop.Catalog.GetAsync<Page<ProductResponse>>("/products?limit=500")).Items.Select(product => product.Sku);
        var found = new List<FoundProduct?>();
        foreach (var sku in skus)
        {
            found.Add(await shop.FindAsync(sku));
        }

        return found;
    }
}
