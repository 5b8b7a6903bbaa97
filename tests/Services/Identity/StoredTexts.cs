using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Identity;

internal static class StoredTexts
{
    /// <summary>What identity's sidecar has under these keys, each of which must be there.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(Shop shop, params string[] keys)
    {
        using var http = new HttpClient { BaseAddress = shop.Endpoint(AppIds.Identity).HttpEndpoint };
        var texts = await Task.WhenAll(keys.Select(key => http.GetStringAsync($"/v1.0/state/{Stores.Identity}/{key}")));
        Assert.All(texts, Assert.NotEmpty);
        return texts;
    }
}
