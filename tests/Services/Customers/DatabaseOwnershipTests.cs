using System.Net;
using System.Net.Http.Json;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Customers;

/// <summary>Database per service: a store opens for the app that owns it, and for no other.</summary>
public sealed class DatabaseOwnershipTests
{
    [Theory]
    [InlineData(Stores.Identity, AppIds.Identity)]
    [InlineData(Stores.Customers, AppIds.Customers)]
    [InlineData(Stores.Preferences, AppIds.Customers)]
    public async Task No_other_app_reads_or_writes_a_store(string store, string owner)
    {
        string[] others = [.. new[] { AppIds.Identity, AppIds.Customers, AppIds.Orders }.Where(app => app != owner)];
        await using var shop = await Shop.StartAsync([owner, .. others]);
        var thing = new[] { new { key = "thing", value = "precious" } };

        Assert.Equal(HttpStatusCode.NoContent, await SaveAsync(owner));
        foreach (var other in others)
        {
            using var http = new HttpClient { BaseAddress = shop.Endpoint(other).HttpEndpoint };
            using var read = await http.GetAsync($"/v1.0/state/{store}/thing");

            Assert.Equal(HttpStatusCode.BadRequest, read.StatusCode);
            Assert.Contains("ERR_STATE_STORE_NOT_", await read.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.BadRequest, await SaveAsync(other));
        }

        async Task<HttpStatusCode> SaveAsync(string app)
        {
            using var http = new HttpClient { BaseAddress = shop.Endpoint(app).HttpEndpoint };
            using var response = await http.PostAsJsonAsync($"/v1.0/state/{store}", thing);
            return response.StatusCode;
        }
    }
}
