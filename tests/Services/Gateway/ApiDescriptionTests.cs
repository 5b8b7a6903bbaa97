using System.Net;
using System.Text.Json.Nodes;
using DaprShop.Gateway;
using DaprShop.Services.Tests.Orders;

namespace DaprShop.Services.Tests.Gateway;

public sealed class ApiDescriptionTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task Every_public_route_is_described_with_who_may_use_it()
    {
        var paths = (await DocumentAsync())["paths"]!.AsObject();

        foreach (var (route, method) in PublicRoutes.All.SelectMany(route => route.Methods.Split(' ').Select(method => (route, method))))
        {
            var path = Assert.Single(paths, path => Shape(path.Key) == Shape(route.Path));
            var operation = path.Value![method.ToLowerInvariant()]!;
            Assert.Equal(route.Access != Access.Anyone, operation["security"] is not null);
            Assert.Equal(route.Access == Access.Staff, operation["responses"]!["403"] is not null);
            Assert.Equal(route.Limit is not null, operation["responses"]!["429"] is not null);
        }

        Assert.Equal(PublicRoutes.All.Select(route => Shape(route.Path)).Distinct().Count(), paths.Count);
    }

    [Fact]
    public async Task Bodies_and_answers_are_the_services_own_and_every_schema_is_there()
    {
        var document = await DocumentAsync();

        var order = document["paths"]!["/api/orders"]!["post"]!;
        Assert.Equal("#/components/schemas/PlaceOrder", $"{order["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]}");
        Assert.NotNull(order["responses"]!["202"]);
        Assert.NotNull(document["components"]!["schemas"]!["PlaceOrder"]!["properties"]!["shippingAddress"]);
        var references = document.ToJsonString().Split("\"#/components/schemas/").Skip(1).Select(text => text[..text.IndexOf('"')]).ToHashSet();
        Assert.Equal(references.Order(), document["components"]!["schemas"]!.AsObject().Select(schema => schema.Key).Order());
    }

    [Fact]
    public async Task The_pages_that_show_it_come_from_the_gateway_alone()
    {
        using var page = await shop.Gateway.Http.GetAsync("/docs/index.html");
        var html = await page.Content.ReadAsStringAsync();
        using var script = await shop.Gateway.Http.GetAsync("/docs/swagger-ui-bundle.js");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain("http", html.Replace("http-equiv", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
    }

    private async Task<JsonObject> DocumentAsync() => (await shop.Gateway.GetAsync<JsonObject>("/openapi.json"))!;

    private static string Shape(string path) =>
        string.Join('/', path.Split('/').Select(part => part.StartsWith('{') ? "{}" : part));
}
