using System.Net;
using DaprShop.Contracts;

namespace DaprShop.EndToEnd.Tests;

/// <summary>The door of the whole shop, and that there is no other.</summary>
[Collection(OpenShopCollection.Name)]
public sealed class SignInTests(OpenShop open)
{
    private readonly Uri _gateway = open.Process.RunFile.App(AppIds.Gateway);

    [Fact]
    public async Task A_customer_orders_for_himself_and_sees_his_own_orders_only()
    {
        using var customer = await Shopper.CustomerAsync(_gateway);
        var sku = await open.Shopper.StockAsync(units: 5);
        var other = await open.Shopper.PlaceAsync(Shopper.Order(await open.Shopper.RegisterAsync(), sku, 1));

        var mine = await customer.PlaceAsync(Shopper.Order(customer: null!, sku, 1));
        using var posing = await customer.PostAsync("/api/orders", Shopper.Order(other.CustomerId, sku, 1), Shopper.NewKey());
        using var foreign = await customer.Http.GetAsync($"/api/orders/{other.Id}");

        Assert.Equal("demo", mine.CustomerId);
        Assert.Equal(OrderStatus.Confirmed, (await open.Shopper.SettledAsync(mine.Id)).Status);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.NotFound), (posing.StatusCode, foreign.StatusCode));
    }

    [Fact]
    public async Task A_stranger_sees_the_products_and_nothing_else()
    {
        using var stranger = Shopper.Stranger(_gateway);

        using var products = await stranger.Http.GetAsync("/api/products");
        using var order = await stranger.PostAsync("/api/orders", Shopper.Order("demo", "MUG-STONE", 1), Shopper.NewKey());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (products.StatusCode, order.StatusCode));
    }

    [Fact]
    public async Task Past_the_gateway_nobody_gets_in()
    {
        foreach (var app in open.Process.RunFile.Apps.Where(app => app is not (AppIds.Gateway or AppIds.Notifications or "cardprovider")))
        {
            using var http = new HttpClient { BaseAddress = open.Process.RunFile.App(app) };
            http.DefaultRequestHeaders.Add("dapr-caller-app-id", AppIds.Orders);
            http.DefaultRequestHeaders.Add("X-User-Id", "staff");
            http.DefaultRequestHeaders.Add("X-User-Roles", "staff");
            using var answer = await http.GetAsync("/orders/1");
            using var sidecar = await new HttpClient { BaseAddress = open.Process.RunFile.Sidecar(app) }.GetAsync("/v1.0/metadata");

            Assert.Equal((app, HttpStatusCode.Unauthorized), (app, answer.StatusCode));
            Assert.Equal((app, HttpStatusCode.Unauthorized), (app, sidecar.StatusCode));
        }
    }
}
