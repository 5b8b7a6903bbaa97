using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.Gateway;
using DaprShop.Services.Tests.Orders;

namespace DaprShop.Services.Tests.Gateway;

/// <summary>
/// Every route of the table, asked by nobody, by another customer, by the owner and by staff. A route without a row here fails.
/// </summary>
public sealed class RouteMatrixTests(MatrixShop matrix) : IClassFixture<MatrixShop>
{
    // What each of the four is answered, and the body that is sent. The owner is {owner}, and {order} is a confirmed order of many {sku}.
    private static readonly Dictionary<string, Row> s_rows = new()
    {
        ["GET /api/products"] = new("/api/products", 200, 200, 200, 200),
        ["GET /api/products/{sku}"] = new("/api/products/{sku}", 200, 200, 200, 200),
        ["POST /api/products"] = new("/api/products", 401, 403, 403, 201, _ => new CreateProduct(NewId(), "New", new MoneyAmount(1, "GBP"))),
        ["PUT /api/products/{sku}/price"] = new(
            "/api/products/{sku}/price", 401, 403, 403, 200, _ => new ChangePrice(new MoneyAmount(11, "GBP"))),
        ["POST /api/products/{sku}/discontinuation"] = new("/api/products/no-such/discontinuation", 401, 403, 403, 404),
        ["POST /api/products/{sku}/reviews"] = new("/api/products/{sku}/reviews", 401, 200, 200, 200, _ => new ReviewProduct(5, "Good")),

        ["GET /api/search/products"] = new("/api/search/products?term=mug", 200, 200, 200, 200),
        ["GET /api/search/products/{sku}"] = new("/api/search/products/no-such", 404, 404, 404, 404),
        ["GET /api/search/popular"] = new("/api/search/popular", 200, 200, 200, 200),
        ["GET /api/search/categories"] = new("/api/search/categories", 200, 200, 200, 200),
        ["GET /api/search/rebuild"] = new("/api/search/rebuild", 401, 403, 403, 200),
        ["POST /api/search/rebuild"] = new("/api/search/rebuild", 401, 403, 403, 202),

        ["POST /api/users"] = new("/api/users", 201, 201, 201, 201, _ => new RegisterUser($"{NewId()}@example.com", "New", "Correct-Horse-7")),
        ["GET /api/users/{id}"] = new("/api/users/{owner}", 401, 404, 200, 200),
        ["POST /api/users/verification"] = new("/api/users/verification", 400, 400, 400, 400, _ => new VerifyEmail("")),
        ["POST /api/users/verification-messages"] = new(
            "/api/users/verification-messages", 202, 202, 202, 202, _ => new SendVerificationMessage("nobody@example.com")),
        ["POST /api/users/{id}/verification"] = new("/api/users/{owner}/verification", 401, 403, 403, 200),
        ["POST /api/sessions"] = new("/api/sessions", 401, 401, 401, 401, _ => new LogIn($"{NewId()}@example.com", "wrong")),
        ["POST /api/sessions/refresh"] = new("/api/sessions/refresh", 401, 401, 401, 401, _ => new RefreshSession("wrong")),
        ["POST /api/sessions/revocation"] = new("/api/sessions/revocation", 204, 204, 204, 204, _ => new RefreshSession("wrong")),

        ["POST /api/customers"] = new("/api/customers", 401, 403, 403, 201, _ => new RegisterCustomer(NewId(), "new@example.com", "New")),
        ["GET /api/customers/{id}"] = new("/api/customers/{owner}", 401, 404, 200, 200),
        ["PUT /api/customers/{id}"] = new("/api/customers/{owner}", 401, 404, 200, 200, _ => new UpdateCustomer("owner@example.com", "Owner")),
        ["POST /api/customers/{id}/deactivation"] = new("/api/customers/nobody/deactivation", 401, 404, 404, 404),
        ["PUT /api/customers/{id}/premium"] = new("/api/customers/{owner}/premium", 401, 403, 403, 200),
        ["DELETE /api/customers/{id}/premium"] = new("/api/customers/{owner}/premium", 401, 403, 403, 200),
        ["GET /api/customers/{id}/addresses"] = new("/api/customers/{owner}/addresses", 401, 404, 200, 200),
        ["POST /api/customers/{id}/addresses"] = new(
            "/api/customers/{owner}/addresses", 401, 404, 201, 201, _ => new AddAddress(OrdersShop.Request("mug", 1).ShippingAddress)),
        ["DELETE /api/customers/{id}/addresses/{addressId}"] = new("/api/customers/{owner}/addresses/none", 401, 404, 200, 200),
        ["PUT /api/customers/{id}/addresses/{addressId}/default"] = new("/api/customers/{owner}/addresses/none/default", 401, 404, 404, 404),
        ["GET /api/customers/{id}/preferences"] = new("/api/customers/{owner}/preferences", 401, 404, 200, 200),
        ["PUT /api/customers/{id}/preferences"] = new(
            "/api/customers/{owner}/preferences", 401, 404, 200, 200, _ => new SavePreferences("en", "GBP", true, false)),

        ["GET /api/inventory/{sku}"] = new("/api/inventory/{sku}", 200, 200, 200, 200),
        ["GET /api/inventory/{sku}/warehouses"] = new("/api/inventory/{sku}/warehouses", 401, 403, 403, 200),
        ["GET /api/inventory/restocking"] = new("/api/inventory/restocking", 401, 403, 403, 200),
        ["GET /api/warehouses"] = new("/api/warehouses", 401, 403, 403, 200),
        ["POST /api/inventory/{sku}/deliveries"] = new("/api/inventory/{sku}/deliveries", 401, 403, 403, 200, _ => new ReceiveDelivery(NewId(), 1)),

        ["POST /api/orders"] = new("/api/orders", 401, 403, 202, 202, sku => OrdersShop.Request(sku, 1, customer: "{owner}")),
        ["GET /api/orders"] = new("/api/orders?customerId={owner}", 401, 404, 200, 200),
        ["GET /api/orders/{id}"] = new("/api/orders/{order}", 401, 404, 200, 200),
        ["GET /api/orders/{id}/invoice"] = new("/api/orders/{order}/invoice", 401, 404, 200, 200),
        ["GET /api/orders/{id}/saga"] = new("/api/orders/{order}/saga", 401, 404, 200, 200),
        ["POST /api/orders/{id}/cancel"] = new("/api/orders/{order}/cancel", 401, 404, 409, 409, _ => new CancelOrder("too late")),
        ["POST /api/orders/{id}/approval"] = new("/api/orders/{order}/approval", 401, 403, 403, 409, _ => new ApprovalDecision(true, "staff")),
        ["POST /api/orders/{id}/returns"] = new("/api/orders/{order}/returns", 401, 404, 202, 202, sku => new ReturnOrder([new(sku, 1)])),
        ["GET /api/orders/{id}/returns/{returnId}/saga"] = new("/api/orders/{order}/returns/none/saga", 401, 404, 404, 404),

        ["GET /api/accounts/{customerId}"] = new("/api/accounts/{owner}", 401, 404, 200, 200),
        ["PUT /api/accounts/{customerId}"] = new("/api/accounts/{owner}", 401, 404, 200, 200, _ => new OpenAccount("GBP")),
        ["GET /api/accounts/{customerId}/history"] = new("/api/accounts/{owner}/history", 401, 404, 200, 200),
        ["POST /api/accounts/{customerId}/deposits"] = new(
            "/api/accounts/{owner}/deposits", 401, 403, 403, 200, _ => new DepositMoney(NewId(), new MoneyAmount(5, "GBP"), "a gift")),
        ["POST /api/accounts/{customerId}/withdrawals"] = new(
            "/api/accounts/{owner}/withdrawals", 401, 403, 403, 422, _ => new WithdrawMoney(NewId(), new MoneyAmount(500_000, "GBP"), "too much")),
        ["GET /api/balances"] = new("/api/balances", 401, 403, 403, 200),
        ["POST /api/balances/replay"] = new("/api/balances/replay", 401, 403, 403, 200),

        ["GET /api/payments/{orderId}"] = new("/api/payments/{order}", 401, 404, 200, 200),
        ["POST /api/payments/{orderId}/refunds/{refundId}/settlement"] = new(
            "/api/payments/{order}/refunds/none/settlement", 401, 403, 403, 404, _ => new SettleRefund("by bank transfer")),
        ["GET /api/shipments/{orderId}"] = new("/api/shipments/{order}", 401, 404, 200, 200),
        ["GET /api/analytics/events"] = new("/api/analytics/events", 401, 403, 403, 200),
        ["POST /api/analytics/actions"] = new("/api/analytics/actions", 401, 200, 200, 200, _ => new RecordActions([new RecordAction("look")])),
        ["GET /api/analytics/sales"] = new("/api/analytics/sales?bucket=day&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z", 401, 403, 403, 200),
        ["GET /api/analytics/sales/total"] = new("/api/analytics/sales/total", 401, 403, 403, 200),
        ["GET /api/analytics/products/top"] = new("/api/analytics/products/top?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z", 401, 403, 403, 200),
        ["GET /api/analytics/conversion"] = new("/api/analytics/conversion?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z", 401, 403, 403, 200),

        ["GET /api/tracking/{orderId}"] = new("/api/tracking/{order}", 401, 404, 200, 200),

        ["POST /api/keys/rotation"] = new("/api/keys/rotation", 401, 403, 403, 200),
        ["GET /api/operations/dead-letters"] = new("/api/operations/dead-letters", 401, 403, 403, 200),
        ["POST /api/operations/dead-letters/replay"] = new("/api/operations/dead-letters/replay", 401, 403, 403, 200),
        ["GET /api/operations/dead-letters/{id}"] = new("/api/operations/dead-letters/none", 401, 403, 403, 404),
        ["DELETE /api/operations/dead-letters/{id}"] = new("/api/operations/dead-letters/none", 401, 403, 403, 204),
        ["POST /api/operations/dead-letters/{id}/replay"] = new("/api/operations/dead-letters/none/replay", 401, 403, 403, 404),

        // The service in Node.js does not run here, so 503 is as far as one gets who may.
        ["GET /api/operations/messages"] = new("/api/operations/messages", 401, 403, 403, 503),
        ["GET /api/operations/messages/{id}"] = new("/api/operations/messages/none", 401, 403, 403, 503),
        ["GET /api/operations/payments/breaker"] = new("/api/operations/payments/breaker", 401, 403, 403, 200),
        ["PUT /api/operations/shipping/faults"] = new("/api/operations/shipping/faults", 401, 403, 403, 200, _ => new ShippingFaults(0)),
        ["PUT /api/operations/cardprovider/faults"] = new("/api/operations/cardprovider/faults", 401, 403, 403, 200, _ => new CardFaults(0, 0)),
        ["GET /api/operations/cardprovider/ledger"] = new("/api/operations/cardprovider/ledger", 401, 403, 403, 200),
    };

    private static IEnumerable<string> Routes => PublicRoutes.All.SelectMany(route => route.Methods.Split(' ').Select(method => $"{method} {route.Path}"));

    public static TheoryData<string> Every => [.. Routes];

    [Theory]
    [MemberData(nameof(Every))]
    public async Task A_route_answers_each_as_it_should(string route)
    {
        Assert.True(s_rows.TryGetValue(route, out var row), $"{route} has no row in the matrix");
        string[] tokens = ["", matrix.Other.Token, matrix.Owner.Token, matrix.Shop.StaffToken];

        List<int> answers = [];
        foreach (var token in tokens)
        {
            using var request = new HttpRequestMessage(new HttpMethod(route.Split(' ')[0]), matrix.Fill(row.Path));
            request.Headers.Authorization = token.Length == 0 ? null : new AuthenticationHeaderValue("Bearer", token);
            request.Headers.Add("Idempotency-Key", NewId());
            if (row.Body is { } body)
            {
                var json = JsonSerializer.Serialize(body(matrix.Sku), ContractsJson.Options);
                request.Content = new StringContent(matrix.Fill(json), Encoding.UTF8, "application/json");
            }

            using var answer = await matrix.Shop.Gateway.Http.SendAsync(request);
            answers.Add((int)answer.StatusCode);
        }

        Assert.Equal((row.Nobody, row.Other, row.Owner, row.Staff), (answers[0], answers[1], answers[2], answers[3]));
    }

    [Fact]
    public void The_matrix_has_no_rows_for_what_is_not_a_route() => Assert.Empty(s_rows.Keys.Except(Routes));

    [Fact]
    public async Task Ids_come_from_the_token_and_keys_are_each_customers_own()
    {
        var key = OrdersShop.NewKey();
        var request = OrdersShop.Request(matrix.Sku, 1, customer: null!);

        var mine = await matrix.PlaceAsync(matrix.Owner.Token, request, key);
        var again = await matrix.PlaceAsync(matrix.Owner.Token, request, key);
        var other = await matrix.PlaceAsync(matrix.Other.Token, request, key);

        Assert.Equal((matrix.Owner.Id, mine.Id), (mine.CustomerId, again.Id));
        Assert.Equal(matrix.Other.Id, other.CustomerId);
        Assert.NotEqual(mine.Id, other.Id);
    }

    private static string NewId() => $"n-{Guid.NewGuid():N}"[..12];

    private sealed record Row(string Path, int Nobody, int Other, int Owner, int Staff, Func<string, object>? Body = null);
}
