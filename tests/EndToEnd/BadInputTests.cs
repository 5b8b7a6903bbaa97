using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DaprShop.Contracts;

namespace DaprShop.EndToEnd.Tests;

/// <summary>Bad input gets a problem that names the field, and changes nothing: no order, no event, no reservation.</summary>
[Collection(OpenShopCollection.Name)]
public sealed class BadInputTests(OpenShop open)
{
    private readonly Shopper _shopper = open.Shopper;

    public static TheoryData<string, string, string> BadOrders => new()
    {
        { "lines.0.sku", "\"no-such-product\"", "lines[0].sku" },
        { "lines.0.quantity", "0", "lines[0].quantity" },
        { "lines.0.quantity", "-1", "lines[0].quantity" },
        { "lines.0.quantity", "10001", "lines[0].quantity" },
        { "lines.0.quantity", "\"two\"", "lines[0].quantity" },
        { "lines", "[]", "lines" },
        { "currency", "\"USD\"", "currency" },
        { "currency", "\"pounds\"", "currency" },
        { "shippingAddress", "null", "shippingAddress" },
        { "shippingAddress.street", "\"\"", "shippingAddress.street" },
        { "shippingAddress.country", "\"Narnia\"", "shippingAddress.country" },
        { "customerId", "\"nobody\"", "customerId" },
        { "payment", "null", "payment" },
        { "payment.kind", "\"barter\"", "payment.kind" },
    };

    [Theory]
    [MemberData(nameof(BadOrders))]
    public async Task A_bad_order_is_refused_by_field_and_leaves_no_trace(string path, string value, string field)
    {
        var sku = await _shopper.StockAsync(units: 5);
        var order = JsonSerializer.SerializeToNode(Shopper.Order(await _shopper.RegisterAsync(), sku, 1), ContractsJson.Options)!;
        Replace(order, path, JsonNode.Parse(value));
        var before = await CreatedEventsAsync();

        using var answer = await PostTextAsync(order.ToJsonString());

        var problem = await ProblemAsync(answer, HttpStatusCode.BadRequest);
        Assert.Contains(field, problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(5, (await _shopper.StockOfAsync(sku)).OnHand);
        await AssertNoOrderWasCreatedSinceAsync(before, sku);
    }

    [Fact]
    public async Task An_order_without_an_idempotency_key_is_refused_by_its_name()
    {
        var order = Shopper.Order(await _shopper.RegisterAsync(), await _shopper.StockAsync(units: 1), 1);

        using var answer = await _shopper.PostAsync("/api/orders", order, key: null);

        var problem = await ProblemAsync(answer, HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty("Idempotency-Key", out _));
    }

    [Fact]
    public async Task An_idempotency_key_is_not_reused_for_another_order()
    {
        var sku = await _shopper.StockAsync(units: 5);
        var order = Shopper.Order(await _shopper.RegisterAsync(), sku, 1);
        var key = Shopper.NewKey();
        var first = await _shopper.PlaceAsync(order, key);
        await _shopper.SettledAsync(first.Id);

        using var answer = await _shopper.PostAsync("/api/orders", order with { Lines = [new OrderLineRequest(sku, 2)] }, key);

        var problem = await ProblemAsync(answer, HttpStatusCode.Conflict);
        Assert.Equal(Problems.TypeOf(Problems.IdempotencyKeyReused), problem.GetProperty("type").GetString());
        Assert.Equal(4, (await _shopper.StockOfAsync(sku)).OnHand);
    }

    [Fact]
    public async Task Malformed_json_is_a_problem_and_not_an_order()
    {
        using var answer = await PostTextAsync("{ \"customerId\": \"demo\", ");

        await ProblemAsync(answer, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_body_over_one_mebibyte_is_too_large()
    {
        using var answer = await PostTextAsync($"{{ \"customerId\": \"{new string('x', 1024 * 1024)}\" }}");

        await ProblemAsync(answer, HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("/api/nothing")]
    [InlineData("/nothing")]
    [InlineData("/api/orders/00000000-0000-0000-0000-000000000000")]
    [InlineData("/api/products/no-such-product")]
    [InlineData("/api/inventory/no-such-product")]
    [InlineData("/api/shipments/no-such-order")]
    public async Task What_does_not_exist_is_a_404_problem(string path)
    {
        using var answer = await _shopper.Http.GetAsync(path);

        await ProblemAsync(answer, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/api/reservations")]
    [InlineData("/api/charges")]
    [InlineData("/dapr/subscribe")]
    [InlineData("/api/dapr/subscribe")]
    public async Task What_services_tell_one_another_is_not_reachable_from_outside(string path)
    {
        using var answer = await _shopper.PostAsync(path, new { });

        await ProblemAsync(answer, HttpStatusCode.NotFound);
    }

    // The outbox and analytics are asynchronous: an order placed afterwards shows that its predecessors would have been counted.
    private async Task AssertNoOrderWasCreatedSinceAsync(long before, string sku)
    {
        var marker = await _shopper.PlaceAsync(Shopper.Order(await _shopper.RegisterAsync(), sku, 1));
        await _shopper.SettledAsync(marker.Id);
        await Eventually.IsAsync(CreatedEventsAsync, count => count > before);
        Assert.Equal(before + 1, await CreatedEventsAsync());
    }

    private async Task<long> CreatedEventsAsync()
    {
        var events = await _shopper.GetAsync<EventCounts>("/api/analytics/events");
        return events.Counts.FirstOrDefault(count => count is { Topic: Topics.Orders, Type: nameof(OrderCreated) })?.Count ?? 0;
    }

    private async Task<HttpResponseMessage> PostTextAsync(string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", Shopper.NewKey());
        return await _shopper.Http.SendAsync(request);
    }

    private static void Replace(JsonNode node, string path, JsonNode? value)
    {
        var steps = path.Split('.');
        foreach (var step in steps[..^1])
        {
            node = int.TryParse(step, out var index) ? node[index]! : node[step]!;
        }

        node[steps[^1]] = value;
    }

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{(int)answer.StatusCode} {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(body).RootElement;
    }
}
