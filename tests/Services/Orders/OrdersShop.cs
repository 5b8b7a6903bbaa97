using System.Net.Http.Json;
using Dapr.Client;
using DaprShop.Accounts;
using DaprShop.CardProvider;
using DaprShop.Catalog.Domain;
using DaprShop.Contracts;
using DaprShop.Customers.Domain;
using DaprShop.Domain;
using DaprShop.Gateway;
using DaprShop.Identity.Domain;
using DaprShop.Inventory.Domain;
using DaprShop.Operations;
using DaprShop.Orders;
using DaprShop.Payments.Domain;
using DaprShop.Search.Index;
using DaprShop.ServiceDefaults;
using DaprShop.Services.Tests.Events;
using DaprShop.Shipping.Domain;
using DaprShop.Tracking.Domain;
using Microsoft.Data.Sqlite;

namespace DaprShop.Services.Tests.Orders;

/// <summary>Orders and all that its saga needs, with their real sidecars; one for a class of tests.</summary>
public sealed class OrdersShop : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("orders-").FullName;
    private readonly RunningService _cards = RunningService.Start<Ledger>(Shop.FreePort());
    private const string Password = "Correct-Horse-7";

    private Shop _shop = null!;
    private DaprClient _dapr = null!;

    internal RunningService Orders { get; private set; } = null!;

    internal RunningService Inventory { get; private set; } = null!;

    internal RunningService Payments { get; private set; } = null!;

    internal RunningService Analytics { get; private set; } = null!;

    internal RunningService Gateway { get; private set; } = null!;

    /// <summary>The access token of one of the staff.</summary>
    internal string StaffToken { get; private set; } = "";

    /// <summary>The orders as the service itself saves them.</summary>
    internal OrderStore Store { get; private set; } = null!;

    internal OrderIndex Index { get; private set; } = null!;

    internal InvoiceNumbers Invoices { get; private set; } = null!;

    private RunningService Catalog { get; set; } = null!;

    private RunningService Customers { get; set; } = null!;

    private RunningService Accounts { get; set; } = null!;

    private RunningService Identity { get; set; } = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(
            AppIds.Gateway, AppIds.Identity, AppIds.Customers, AppIds.Catalog, AppIds.Search, AppIds.Inventory, AppIds.Orders, AppIds.Payments,
            AppIds.Accounts, AppIds.Shipping, AppIds.Tracking, AppIds.Analytics, AppIds.Operations);
        Customers = _shop.Run<Customer>(AppIds.Customers);
        Catalog = _shop.Run<Product>(AppIds.Catalog);
        Inventory = _shop.Run<Stock>(AppIds.Inventory);
        Payments = _shop.Run<Payment>(AppIds.Payments, ("CARDPROVIDER_URL", $"{_cards.Address}"), ("CardProvider:Retry:Delay", "00:00:00.010"));

        // Parcels that would leave by themselves would take their orders with them.
        _shop.Run<Shipment>(AppIds.Shipping, ("Shipping:DeliveryTime", "1.00:00:00"));
        Analytics = _shop.Run<DaprShop.Analytics.RecordedEvent>(AppIds.Analytics, ("DATA_DIR", _directory));
        Orders = _shop.Run<OrderStore>(AppIds.Orders);
        _shop.Run<IndexFile>(AppIds.Search, ("DATA_DIR", _directory));
        _shop.Run<DeadLetterBox>(AppIds.Operations);
        Accounts = _shop.Run<AccountStream>(AppIds.Accounts);
        Identity = _shop.Run<User>(AppIds.Identity, ("SEED", "true"), ("PasswordHasher:IterationCount", "1000"));
        Gateway = _shop.Run<PublicRoute>(
            AppIds.Gateway,
            ("CARDPROVIDER_URL", $"{_cards.Address}"),
            ("TRACKING_URL", $"{_shop.Run<Timeline>(AppIds.Tracking).Address}"),
            ("RateLimits:UsersWrite", "1000"),
            ("RateLimits:OrdersRead", "1000"),
            ("RateLimits:OrdersWrite", "1000"));
        await _shop.Dapr.WaitUntilReadyAsync();

        _dapr = new DaprClientBuilder().UseGrpcEndpoint($"{_shop.Endpoint(AppIds.Orders).GrpcEndpoint}")
            .UseJsonSerializationOptions(ContractsJson.Options).Build();
        var store = new EventingStore(_dapr, Stores.Orders, AppIds.Orders);
        Store = new OrderStore(store);
        Index = new OrderIndex(store, Store);
        Invoices = new InvoiceNumbers(store, TimeProvider.System);
        await Eventually.TrueAsync(async () => (await Identity.Http.GetAsync("/users/staff")).IsSuccessStatusCode);
        StaffToken = await LogInAsync("staff@daprshop.example", "Staff-Pass-1");
        await Customers.PostAsync<CustomerResponse>("/customers", new RegisterCustomer("ann", "ann@example.com", "Ann"));
        await Customers.PostAsync<CustomerResponse>("/customers", new RegisterCustomer("pam", "pam@example.com", "Pam", Premium: true));
    }

    public async Task DisposeAsync()
    {
        Invoices.Dispose();
        _dapr.Dispose();
        await _shop.DisposeAsync();
        await _cards.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    private string EventsFile => Path.Combine(_directory, "analytics.db");

    /// <summary>A new product, so many of it on the shelf; gives its SKU.</summary>
    internal async Task<string> StockAsync(int units, decimal price = 10)
    {
        var sku = $"p-{Guid.NewGuid():N}"[..12];
        await Catalog.PostAsync<ProductResponse>("/products", new CreateProduct(sku, sku, new MoneyAmount(price, "GBP")));
        await Inventory.PostAsync<StockResponse>($"/inventory/{sku}/deliveries", new ReceiveDelivery("first", units));
        return sku;
    }

    /// <summary>A new customer, registered and verified; gives the id and an access token.</summary>
    internal async Task<(string Id, string Token)> SignUpAsync(string name)
    {
        var email = $"{name}-{Guid.NewGuid():N}@example.com";
        var user = await Gateway.PostAsync<UserResponse>("/api/users", new RegisterUser(email, name, Password));
        await Identity.PostAsync<UserResponse>($"/users/{user.Id}/verification");
        await Customers.PostAsync<CustomerResponse>("/customers", new RegisterCustomer(user.Id, email, name));
        await Accounts.SendAsync(HttpMethod.Put, $"/accounts/{user.Id}", new OpenAccount("GBP"));
        return (user.Id, await LogInAsync(email, Password));
    }

    private async Task<string> LogInAsync(string email, string password) =>
        (await Gateway.PostAsync<SessionResponse>("/api/sessions", new LogIn(email, password))).AccessToken;

    internal static PlaceOrder Request(string sku, int quantity, string customer = "ann", string card = "tok_visa") => new(
        customer, "GBP", [new(sku, quantity)], new PostalAddress("1 High Street", "Bath", "Somerset", "BA1 1AA", "GB"), new PaymentMethod("card", card));

    internal Task<HttpResponseMessage> PostAsync(string path, object body, string? key = null) =>
        key is null ? Orders.SendAsync(HttpMethod.Post, path, body) : Orders.SendAsync(HttpMethod.Post, path, body, ("Idempotency-Key", key));

    internal async Task<OrderResponse> PlaceAsync(PlaceOrder request, string? key = null)
    {
        using var answer = await PostAsync("/orders", request, key ?? NewKey());
        Assert.True(answer.StatusCode == System.Net.HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<OrderResponse>(ContractsJson.Options))!;
    }

    /// <summary>Sets a value of the shop's configuration store, as the host's <c>config set</c> does.</summary>
    internal async Task ConfigureAsync(string key, string value)
    {
        using var http = SidecarOf(AppIds.Orders);
        using var answer = await http.PutAsync($"/embedded/configuration/shop-configuration/{key}", new StringContent(value));
        answer.EnsureSuccessStatusCode();
    }

    internal async Task SetCardFaultsAsync(CardFaults faults)
    {
        using var answer = await _cards.SendAsync(HttpMethod.Put, "/faults", faults);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Publishes an event as another service would.</summary>
    internal Task PublishAsync(string topic, DomainEvent happened) => _shop.PublishAsync(topic, happened);

    /// <summary>A service as its sidecar calls it.</summary>
    internal HttpClient ServiceOf(string appId) => new() { BaseAddress = new Uri($"http://127.0.0.1:{_shop.Endpoint(appId).AppPort}") };

    internal HttpClient SidecarOf(string appId) => new() { BaseAddress = _shop.Endpoint(appId).HttpEndpoint };

    /// <summary>The subscriptions of an app, as its sidecar knows them.</summary>
    internal Task<IReadOnlyList<AppSubscription>> SubscriptionsOfAsync(string appId) => AppSubscription.OfAsync(_shop, appId);

    internal async Task<OrderResponse> SettledAsync(string orderId)
    {
        OrderResponse order = null!;
        await Eventually.TrueAsync(async () => (order = await OrderAsync(orderId)).Status != OrderStatus.Pending);
        return order;
    }

    internal Task<OrderResponse> OrderAsync(string orderId) => Orders.GetAsync<OrderResponse>($"/orders/{orderId}");

    internal Task<StockResponse> StockOfAsync(string sku) => Inventory.GetAsync<StockResponse>($"/inventory/{sku}");

    /// <summary>How many events of this type have come for the order, in the eyes of a subscriber.</summary>
    internal async Task<long> EventsAsync<T>(string orderId)
    {
        await using var events = new SqliteConnection($"Data Source={EventsFile};Mode=ReadOnly");
        await events.OpenAsync();
        await using var count = events.CreateCommand();
        count.CommandText = """SELECT count(*) FROM "Events" WHERE "Type" = $type AND "Data" LIKE '%"' || $order || '"%'""";
        count.Parameters.AddWithValue("$type", typeof(T).Name);
        count.Parameters.AddWithValue("$order", orderId);
        return (long)(await count.ExecuteScalarAsync())!;
    }

    internal static string NewKey() => Guid.NewGuid().ToString("N");
}

/// <summary>Tests that can share one shop, one after another.</summary>
[CollectionDefinition(nameof(SharedOrdersShop))]
public sealed class SharedOrdersShop : ICollectionFixture<OrdersShop>;
