using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using DaprShop.Contracts;
using DaprShop.Services.Tests.Orders;

namespace DaprShop.Services.Tests.Gateway;

public sealed class GatewayTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    private (string Name, string Value) Staff => ("Authorization", $"Bearer {shop.StaffToken}");

    [Fact]
    public async Task A_public_route_leads_to_its_service_and_back()
    {
        var sku = await shop.StockAsync(units: 1);
        using var answer = await shop.Gateway.SendAsync(
            HttpMethod.Post, "/api/orders", OrdersShop.Request(sku, 1), ("Idempotency-Key", OrdersShop.NewKey()), Staff);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.StartsWith("/api/orders/", $"{answer.Headers.Location}", StringComparison.Ordinal);
        using var order = await shop.Gateway.SendAsync(HttpMethod.Get, $"{answer.Headers.Location}", null, Staff);
        Assert.Equal(HttpStatusCode.OK, order.StatusCode);
    }

    [Fact]
    public async Task The_card_companys_operations_are_reached_without_a_sidecar()
    {
        using var answer = await shop.Gateway.SendAsync(HttpMethod.Get, "/api/operations/cardprovider/ledger", null, Staff);

        Assert.NotNull(await answer.Content.ReadFromJsonAsync<CardLedger>(ContractsJson.Options));
    }

    [Theory]
    [InlineData("GET", "/nothing")]
    [InlineData("GET", "/products")]
    [InlineData("GET", "/api/reservations/x")]
    [InlineData("POST", "/api/charges")]
    [InlineData("POST", "/api/events/orders/OrderCreated")]
    [InlineData("POST", "/dapr/subscribe")]
    [InlineData("GET", "/api/inventory/..%2Freservations%2Fx")]
    [InlineData("GET", "/api/inventory/..%252Freservations%252Fx")]
    [InlineData("GET", "/api/payments/x%23")]
    [InlineData("GET", "/v1.0/metadata")]
    public async Task What_is_not_in_the_table_is_not_found(string method, string path)
    {
        var uri = new Uri($"{shop.Gateway.Address}{path.TrimStart('/')}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var answer = await shop.Gateway.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), uri));

        Assert.Equal((HttpStatusCode.NotFound, Problems.NotFound), (answer.StatusCode, await CodeAsync(answer)));
    }

    [Fact]
    public async Task A_client_cannot_choose_the_app_that_is_called()
    {
        using var answer = await shop.Gateway.SendAsync(
            HttpMethod.Get, "/api/inventory/no-such-product", null, ("dapr-app-id", AppIds.Payments), ("X-Forwarded-For", "1.2.3.4"));

        Assert.Contains("no-such-product", (await answer.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))?.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_one_mebibyte_is_too_large_whether_it_says_so_or_not(bool withLength)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders");
        request.Content = new StringContent($"{{\"customerId\":\"{new string('x', 2 * 1024 * 1024)}\"}}", Encoding.UTF8, "application/json");
        request.Headers.TransferEncodingChunked = !withLength;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shop.StaffToken);

        using var answer = await shop.Gateway.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, Problems.TooLarge), (answer.StatusCode, await CodeAsync(answer)));
    }

    [Fact]
    public async Task A_service_that_is_down_is_a_503_that_says_when_to_ask_again()
    {
        await using var alone = await Shop.StartAsync(AppIds.Gateway, AppIds.Identity);
        var gateway = alone.Run<DaprShop.Gateway.PublicRoute>(AppIds.Gateway, ("CARDPROVIDER_URL", $"http://127.0.0.1:{Shop.FreePort()}"));
        var issuer = new TokenIssuer();
        await using var identity = await StandIn.IdentityAsync(alone.Endpoint(AppIds.Identity).AppPort, issuer);

        using var noService = await gateway.Http.GetAsync("/api/products/mug");
        using var noProvider = await EdgeShop.SendAsync(gateway, HttpMethod.Get, "/api/operations/cardprovider/ledger", issuer.Staff());
        await alone.StopSidecarsAsync();
        using var noSidecar = await gateway.Http.GetAsync("/api/products/mug");

        Assert.All([noService, noProvider, noSidecar], answer =>
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        });
        Assert.DoesNotContain("ERR_", await noService.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(Problems.DependencyUnavailable, await CodeAsync(noService));
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))?.Code;
}
