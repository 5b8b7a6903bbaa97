using System.Net;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Identity;

public sealed class SecretTests
{
    [Fact]
    public async Task Identity_reads_its_secret_and_another_app_cannot()
    {
        await using var shop = await Shop.StartAsync(AppIds.Identity, AppIds.Customers);

        using var own = await AskAsync(AppIds.Identity);
        using var foreign = await AskAsync(AppIds.Customers);

        Assert.Contains("Demo-Pass-1", await own.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(foreign.IsSuccessStatusCode);
        Assert.NotEqual(HttpStatusCode.NoContent, foreign.StatusCode);
        Assert.DoesNotContain("Pass-1", await foreign.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        async Task<HttpResponseMessage> AskAsync(string appId)
        {
            using var http = new HttpClient { BaseAddress = shop.Endpoint(appId).HttpEndpoint };
            return await http.GetAsync($"/v1.0/secrets/{SecretStores.Secrets}/{AppIds.Identity}");
        }
    }
}
