using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using DaprShop.Catalog.Domain;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Search.Index;
using DaprShop.ServiceDefaults;

namespace DaprShop.Services.Tests.Search;

/// <summary>Search with an index in a temporary file, and the catalogue beside it.</summary>
internal sealed class SearchShop : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("search-");

    private SearchShop(Shop shop) => Shop = shop;

    public Shop Shop { get; }

    public RunningService Catalog { get; private set; } = null!;

    public RunningService Search { get; private set; } = null!;

    /// <summary>Another replica of it, with a sidecar of its own.</summary>
    public RunningService OtherSearch { get; private set; } = null!;

    public static async Task<SearchShop> StartAsync(int replicas = 1)
    {
        var shop = new SearchShop(await Shop.StartAsync([AppIds.Catalog, .. Enumerable.Repeat(AppIds.Search, replicas)]));
        shop.Catalog = shop.Shop.Run<Product>(AppIds.Catalog);
        shop.Search = shop.Run("search");
        if (replicas > 1)
        {
            shop.OtherSearch = shop.Run("search");
        }

        await shop.Shop.WaitForSubscriptionsOfAsync(AppIds.Search);
        await shop.WaitForRebuildAsync();
        return shop;
    }

    public RunningService Run(string directory) => Shop.Run<IndexFile>(AppIds.Search, DataIn(directory));

    private (string Name, string Value) DataIn(string directory) => ("DATA_DIR", Path.Combine(_directory.FullName, directory));

    /// <summary>Ends search and starts it again over the same file.</summary>
    public async Task RestartAsync()
    {
        await Search.DisposeAsync();
        Search = Shop.Restart<IndexFile>(AppIds.Search, DataIn("search"));
    }

    public Task CreateAsync(string sku, string name, decimal price, string? category = null, string? description = null, string currency = "GBP") =>
        Catalog.PostAsync<ProductResponse>("/products", new CreateProduct(sku, name, new MoneyAmount(price, currency), category, description));

    public async Task ChangePriceAsync(string sku, decimal price)
    {
        using var changed = await Catalog.SendAsync(HttpMethod.Put, $"/products/{sku}/price", new ChangePrice(new MoneyAmount(price, "GBP")));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    public async Task ReviewAsync(string sku, string customerId, int rating)
    {
        using var reviewed = await Catalog.SendAsync(
            HttpMethod.Post, $"/products/{sku}/reviews", new ReviewProduct(rating), (Caller.UserIdHeader, customerId));
        Assert.Equal(HttpStatusCode.OK, reviewed.StatusCode);
    }

    public async Task<FoundProduct?> FindAsync(string sku)
    {
        using var response = await Search.Http.GetAsync($"/search/products/{sku}");
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync<FoundProduct>(response);
    }

    public Task<SearchResults> SearchAsync(string query) => Search.GetAsync<SearchResults>($"/search/products?{query}");

    /// <summary>Asks for a rebuild as staff does, and waits for it.</summary>
    public async Task RebuildAsync()
    {
        using var accepted = await Search.SendAsync(
            HttpMethod.Post, "/search/rebuild", body: null, (Caller.UserIdHeader, "s1"), (Caller.RolesHeader, Caller.Staff));
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await WaitForRebuildAsync();
    }

    public async Task<RebuildResponse> WaitForRebuildAsync()
    {
        RebuildResponse? last = null;
        await Eventually.TrueAsync(async () =>
        {
            using var response = await Search.SendAsync(
                HttpMethod.Get, "/search/rebuild", body: null, (Caller.UserIdHeader, "s1"), (Caller.RolesHeader, Caller.Staff));
            last = response.StatusCode == HttpStatusCode.OK ? await ReadAsync<RebuildResponse>(response) : null;
            return last?.State == "finished";
        });
        return last!;
    }

    /// <summary>Delivers an event as the sidecar does; it is in the index when this returns.</summary>
    public async Task<string> DeliverAsync(string topic, DomainEvent happened, string id, RunningService? to = null)
    {
        using var response = await (to ?? Search).Http.PostAsync($"/events/{topic}/{happened.GetType().Name}", Content(topic, happened, id));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Shop.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response) =>
        JsonSerializer.Deserialize<T>(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(), ContractsJson.Options)!;

    private static StringContent Content(string topic, DomainEvent happened, string id)
    {
        var data = JsonSerializer.SerializeToElement(happened, happened.GetType(), ContractsJson.Options);
        var cloudEvent = JsonSerializer.Serialize(
            new { id, source = topic, specversion = "1.0", type = happened.GetType().Name, topic, time = happened.At, data }, ContractsJson.Options);
        var content = new StringContent(cloudEvent, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents+json");
        return content;
    }
}
