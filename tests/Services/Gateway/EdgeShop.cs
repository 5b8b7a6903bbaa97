using System.Net.Http.Headers;
using System.Net.Http.Json;
using DaprShop.Contracts;
using DaprShop.Gateway;

namespace DaprShop.Services.Tests.Gateway;

/// <summary>The gateway with its sidecar, before apps that tell what they hear, and before an identity that signs anything.</summary>
public sealed class EdgeShop : IAsyncLifetime
{
    private Shop _shop = null!;
    private string _trackers = "";

    internal TokenIssuer Issuer { get; } = new();

    internal RunningService Gateway { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        // Two instances of the catalogue: Dapr tells them from one another by their ports.
        _shop = await Shop.StartAsync(AppIds.Gateway, AppIds.Identity, AppIds.Catalog, AppIds.Catalog, AppIds.Orders);
        _shop.Started(await StandIn.IdentityAsync(_shop.Endpoint(AppIds.Identity).AppPort, Issuer));
        foreach (var sidecar in _shop.Dapr.Sidecars.Where(sidecar => sidecar.AppId is AppIds.Catalog or AppIds.Orders))
        {
            _shop.Started(await StandIn.EchoAsync(sidecar.AppPort, $"{sidecar.AppPort}"));
        }

        StandIn[] trackers = [await StandIn.EchoAsync(port: 0, "one"), await StandIn.EchoAsync(port: 0, "two")];
        _trackers = string.Join(',', trackers.Select(tracker => _shop.Started(tracker).Address));
        Gateway = Another();
        await _shop.Dapr.WaitUntilReadyAsync();
    }

    /// <summary>Another replica of the gateway, with settings of its own.</summary>
    internal RunningService Another(params (string Name, string Value)[] settings) =>
        _shop.Run<PublicRoute>(AppIds.Gateway, [("TRACKING_URL", _trackers), ("APP_API_TOKEN", "app-token"), .. settings]);

    internal Task<HttpResponseMessage> GetAsync(string path, string? token, params (string Name, string Value)[] headers) =>
        SendAsync(Gateway, HttpMethod.Get, path, token, headers);

    internal static async Task<HttpResponseMessage> SendAsync(
        RunningService gateway, HttpMethod method, string path, string? token, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await gateway.Http.SendAsync(request);
    }

    internal static async Task<Heard> HeardAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<Heard>(ContractsJson.Options))!;
    }

    public async Task DisposeAsync() => await _shop.DisposeAsync();
}
