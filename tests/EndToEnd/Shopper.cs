using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using DaprShop.Contracts;

namespace DaprShop.EndToEnd.Tests;

/// <summary>Somebody signed in at a running shop: everything goes through the gateway's public API.</summary>
internal sealed class Shopper : IDisposable
{
    public const string Currency = "GBP";

    public static readonly PostalAddress Address = new("1 High Street", "Bath", "Somerset", "BA1 1AA", "GB");

    private Shopper(Uri gateway) => Http = new HttpClient { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(30) };

    public HttpClient Http { get; }

    /// <summary>One of the staff, who may stock the shop and act for any customer.</summary>
    public static Task<Shopper> StaffAsync(Uri gateway) => SignedInAsync(gateway, new LogIn("staff@daprshop.example", "Staff-Pass-1"));

    /// <summary>The customer of a fresh shop.</summary>
    public static Task<Shopper> CustomerAsync(Uri gateway) => SignedInAsync(gateway, new LogIn("demo@daprshop.example", "Demo-Pass-1"));

    /// <summary>Nobody yet.</summary>
    public static Shopper Stranger(Uri gateway) => new(gateway);

    /// <summary>Logs in.</summary>
    public async Task SignInAsync(LogIn user)
    {
        using var answer = await PostAsync("/api/sessions", user);
        var session = await ReadAsync<SessionResponse>(answer);
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session.AccessToken);
    }

    /// <summary>A new product with that many units on the shelf; gives its SKU.</summary>
    public async Task<string> StockAsync(int units, decimal price = 10m, string? name = null)
    {
        var sku = $"e2e-{Guid.NewGuid():N}"[..16];
        await SucceedAsync(HttpMethod.Post, "/api/products", new CreateProduct(sku, name ?? $"Product {sku}", new MoneyAmount(price, Currency)));
        if (units > 0)
        {
            await SucceedAsync(HttpMethod.Post, $"/api/inventory/{sku}/deliveries", new ReceiveDelivery($"first-{sku}", units));
        }

        return sku;
    }

    /// <summary>A new customer; gives the id.</summary>
    public async Task<string> RegisterAsync()
    {
        var id = $"c-{Guid.NewGuid():N}"[..12];
        await SucceedAsync(HttpMethod.Post, "/api/customers", new RegisterCustomer(id, $"{id}@example.com", "A Customer"));
        return id;
    }

    public static PlaceOrder Order(string customer, string sku, int quantity, string cardToken = "tok_visa") =>
        new(customer, Currency, [new OrderLineRequest(sku, quantity)], Address, new PaymentMethod("card", cardToken));

    /// <summary>Places the order, once more when the shop is too busy to answer (503): its key makes that safe.</summary>
    public async Task<OrderResponse> PlaceAsync(PlaceOrder order, string? key = null)
    {
        key ??= NewKey();
        using var answer = await Eventually.IsAsync(
            () => PostAsync("/api/orders", order, key), answer => answer.StatusCode != HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(60));
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return await ReadAsync<OrderResponse>(answer);
    }

    public Task<OrderResponse> SettledAsync(string orderId) =>
        Eventually.IsAsync(() => GetAsync<OrderResponse>($"/api/orders/{orderId}"), order => order.Status != OrderStatus.Pending, TimeSpan.FromSeconds(90));

    public Task<SagaResponse> SagaIsAsync(string orderId, Predicate<SagaStatus> wanted) =>
        Eventually.IsAsync(() => GetAsync<SagaResponse>($"/api/orders/{orderId}/saga"), saga => saga.Status is { } status && wanted(status), TimeSpan.FromSeconds(60));

    public Task<StockResponse> StockOfAsync(string sku) => GetAsync<StockResponse>($"/api/inventory/{sku}");

    /// <summary>What the shop holds of an order's money; zero where nothing was ever charged.</summary>
    public async Task<decimal> MoneyHeldAsync(string orderId)
    {
        using var answer = await Http.GetAsync($"/api/payments/{orderId}");
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return 0;
        }

        var payment = await ReadAsync<PaymentResponse>(answer);
        return payment.Charged.Amount - payment.Refunded.Amount;
    }

    public async Task<ShipmentResponse?> ShipmentAsync(string orderId)
    {
        using var answer = await Http.GetAsync($"/api/shipments/{orderId}");
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync<ShipmentResponse>(answer);
    }

    public async Task<T> GetAsync<T>(string path)
    {
        using var answer = await Http.GetAsync(path);
        return await ReadAsync<T>(answer);
    }

    public async Task<HttpResponseMessage> PostAsync<T>(string path, T body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: ContractsJson.Options) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await Http.SendAsync(request);
    }

    public async Task SucceedAsync<T>(HttpMethod method, string path, T body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, options: ContractsJson.Options) };
        using var answer = await Http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    public static string NewKey() => Guid.NewGuid().ToString("N");

    public void Dispose() => Http.Dispose();

    private static async Task<Shopper> SignedInAsync(Uri gateway, LogIn user)
    {
        var shopper = new Shopper(gateway);
        await shopper.SignInAsync(user);
        return shopper;
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage!.RequestUri}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return (await answer.Content.ReadFromJsonAsync<T>(ContractsJson.Options))!;
    }
}
