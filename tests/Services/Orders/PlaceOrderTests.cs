using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using DaprShop.Contracts;
using DaprShop.Orders.Domain;

namespace DaprShop.Services.Tests.Orders;

public sealed class PlaceOrderTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task An_order_is_accepted_priced_and_fulfilled()
    {
        var sku = await shop.StockAsync(units: 10, price: 12.50m);

        using var answer = await shop.PostAsync("/orders", OrdersShop.Request(sku, 3, customer: "pam"), OrdersShop.NewKey());
        var placed = (await answer.Content.ReadFromJsonAsync<OrderResponse>(ContractsJson.Options))!;
        var order = await shop.SettledAsync(placed.Id);

        Assert.Equal((HttpStatusCode.Accepted, $"/orders/{placed.Id}"), (answer.StatusCode, $"{answer.Headers.Location}"));
        Assert.Equal(OrderStatus.Pending, placed.Status);
        Assert.Equal(OrderStatus.Confirmed, order.Status);
        Assert.Equal(new DiscountResponse("premium", new MoneyAmount(3.75m, "GBP")), Assert.Single(order.Discounts));
        Assert.Equal(new MoneyAmount(33.75m, "GBP"), order.Invoice?.Amount);
        Assert.Equal(new StockResponse(sku, Received: 10, OnHand: 7, Reserved: 0, Shipped: 3), await shop.StockOfAsync(sku));
        Assert.Equal(33.75m, (await shop.Payments.GetAsync<PaymentResponse>($"/payments/{order.Id}")).Charged.Amount);
    }

    [Fact]
    public async Task The_same_request_is_the_same_order_however_often_it_comes()
    {
        var sku = await shop.StockAsync(units: 10);
        var key = OrdersShop.NewKey();

        var placed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shop.PlaceAsync(OrdersShop.Request(sku, 1), key)));
        await shop.SettledAsync(placed[0].Id);
        var again = await shop.PlaceAsync(OrdersShop.Request(sku, 1), key);

        Assert.Single(placed.Append(again).Select(order => order.Id).Distinct());
        Assert.Equal(OrderStatus.Confirmed, again.Status);
        Assert.Equal(1, (await shop.StockOfAsync(sku)).Shipped);
        await Eventually.TrueAsync(async () => await shop.EventsAsync<OrderConfirmed>(again.Id) > 0);
        Assert.Equal(1, await shop.EventsAsync<OrderCreated>(again.Id));
    }

    [Fact]
    public async Task Another_request_under_the_same_key_is_a_conflict()
    {
        var sku = await shop.StockAsync(units: 10);
        var key = OrdersShop.NewKey();
        await shop.PlaceAsync(OrdersShop.Request(sku, 1), key);

        using var answer = await shop.PostAsync("/orders", OrdersShop.Request(sku, 2), key);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(Problems.IdempotencyKeyReused, (await answer.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!.Code);
    }

    public static TheoryData<string, string?, string> BadOrders => new()
    {
        { "customerId", "\"nobody\"", "customerId" },
        { "customerId", null, "customerId" },
        { "currency", "\"pounds\"", "currency" },
        { "currency", "\"USD\"", "currency" },
        { "lines", null, "lines" },
        { "lines", "[]", "lines" },
        { "lines.0", null, "lines[0]" },
        { "lines.0.sku", "\"no-such-product\"", "lines[0].sku" },
        { "lines.0.sku", "\"../x\"", "lines[0].sku" },
        { "lines.0.quantity", "0", "lines[0].quantity" },
        { "lines.0.quantity", "10001", "lines[0].quantity" },
        { "lines.0.quantity", "\"two\"", "lines[0].quantity" },
        { "lines.0.quantity", "1.5", "lines[0].quantity" },
        { "lines.0.quantity", "99999999999", "lines[0].quantity" },
        { "shippingAddress", null, "shippingAddress" },
        { "shippingAddress.postalCode", "\" \"", "shippingAddress.postalCode" },
        { "shippingAddress.country", "\"Narnia\"", "shippingAddress.country" },
        { "payment", null, "payment" },
        { "payment.kind", "\"barter\"", "payment.kind" },
        { "payment.cardToken", null, "payment.cardToken" },
        { "couponCode", "\"FREE\"", "couponCode" },
        { "couponCode", "\"not a code\"", "couponCode" },
    };

    [Theory]
    [MemberData(nameof(BadOrders))]
    public async Task A_bad_request_is_refused_by_field_and_leaves_nothing_behind(string path, string? value, string field)
    {
        var sku = await shop.StockAsync(units: 10);
        var key = OrdersShop.NewKey();
        var body = JsonSerializer.SerializeToNode(OrdersShop.Request(sku, 1), ContractsJson.Options)!;
        Replace(body, path, value is null ? null : JsonNode.Parse(value));

        using var answer = await shop.PostAsync("/orders", body, key);

        var problem = (await answer.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!;
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, problem.Errors!.Keys);
        var bad = OrderIds.Of($"{body["customerId"]}", key);
        Assert.Null(await shop.Store.FindAsync(bad));

        // Events take their time: that of a good order tells that one of the bad order would have come.
        var good = await shop.PlaceAsync(OrdersShop.Request(sku, 1));
        await Eventually.TrueAsync(async () => await shop.EventsAsync<OrderCreated>(good.Id) > 0);
        Assert.Equal(0, await shop.EventsAsync<OrderCreated>(bad));
    }

    [Fact]
    public async Task An_order_needs_an_idempotency_key()
    {
        using var answer = await shop.PostAsync("/orders", OrdersShop.Request("mug", 1));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Idempotency-Key", (await answer.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!.Errors!.Keys);
    }

    private static void Replace(JsonNode node, string path, JsonNode? value)
    {
        var steps = path.Split('.');
        foreach (var step in steps[..^1])
        {
            node = int.TryParse(step, out var index) ? node[index]! : node[step]!;
        }

        if (int.TryParse(steps[^1], out var last))
        {
            node[last] = value;
        }
        else
        {
            node[steps[^1]] = value;
        }
    }
}
