using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DaprShop.Sidecar;
using DaprShop.Sidecar.Resources;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Interop.Tests;

/// <summary>services/Notifications as it runs in the shop, with the shop's components; the customers service is a stand-in.</summary>
public sealed class NotificationsTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly string s_root = Directory.GetParent(NodeJs.Scripts)!.Parent!.FullName;

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("notifications-");
    private readonly int _port = FreePorts.Next();
    private readonly StandInCustomers _customers = new();
    private EmbeddedDapr _dapr = null!;
    private HttpClient _http = null!;
    private Process? _service;

    public async Task InitializeAsync()
    {
        await NodeJs.PackagesAsync(Service);
        _dapr = await EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
        {
            Apps = [App("notifications", _port), App("customers", _customers.Port), App("orders", 0), App("payments", 0), App("identity", 0), App("shipping", 0)],
        });
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
        _http.DefaultRequestHeaders.Add("dapr-caller-app-id", "operations");
        Start();
        await _dapr.WaitUntilReadyAsync().WaitAsync(s_patience);
    }

    public async Task DisposeAsync()
    {
        Kill();
        _http.Dispose();
        await _dapr.DisposeAsync();
        await _customers.DisposeAsync();
        _data.Delete(recursive: true);
    }

    [FactWhereNodeIs]
    public async Task Customers_are_told_once_of_what_happened()
    {
        var welcome = new { customerId = "ann", email = "ann@example.org", name = "Ann", at = DateTimeOffset.UtcNow };
        await PublishAsync("customers", "CustomerRegistered", welcome);
        await PublishAsync("customers", "CustomerRegistered", welcome);
        await PublishAsync("orders", "OrderConfirmed", new
        {
            orderId = "o1", customerId = "ann", invoiceNumber = "INV-1", total = new { amount = 12.5, currency = "GBP" }, at = DateTimeOffset.UtcNow,
        });
        await PublishAsync("orders", "OrderCancelled", new { orderId = "o2", customerId = "nobody", code = "out-of-stock", at = DateTimeOffset.UtcNow });
        await PublishAsync("payments", "PaymentRefunded", new
        {
            orderId = "o1", refundId = "r1", customerId = "ann", amount = new { amount = 2.5, currency = "GBP" }, at = DateTimeOffset.UtcNow,
        });
        await PublishAsync("shipping", "ShipmentStatusChanged", new
        {
            orderId = "o1", customerId = "ann", status = "Delivered", carrier = "Swift", trackingNumber = "T1", at = DateTimeOffset.UtcNow,
        });
        await PublishAsync("identity", "VerificationRequested", new
        {
            userId = "bob", email = "bob@example.org", name = "Bob", token = "s3cret", expiresAt = DateTimeOffset.UtcNow, at = DateTimeOffset.UtcNow,
        });

        Assert.Equal(["confirmed-o1", "delivered-o1", "refunded-o1-r1", "welcome-ann"], await MessagesAsync("ann@example.org", count: 4));
        Assert.Contains("s3cret", (await _http.GetStringAsync($"/messages/{Assert.Single(await MessagesAsync("bob@example.org", count: 1))}")), StringComparison.Ordinal);
        Assert.Equal(5, Outbox.GetFiles("*.eml").Length);
    }

    [FactWhereNodeIs]
    public async Task A_customer_who_cannot_be_looked_up_now_is_told_later()
    {
        _customers.IsDown = true;
        await PublishAsync("orders", "OrderCancelled", new { orderId = "o1", customerId = "ann", code = "card-declined", at = DateTimeOffset.UtcNow });
        await _customers.AskedAsync().WaitAsync(s_patience);
        Assert.Empty(Outbox.GetFiles());

        _customers.IsDown = false;

        Assert.Equal(["cancelled-o1"], await MessagesAsync("ann@example.org", count: 1));
    }

    [FactWhereNodeIs]
    public async Task What_was_published_while_the_service_was_dead_is_told_when_it_is_back()
    {
        await PublishAsync("customers", "CustomerRegistered", Registered("before"));
        await MessagesAsync("before@example.org", count: 1);
        Kill();
        await PublishAsync("customers", "CustomerRegistered", Registered("meanwhile"));
        await PublishAsync("customers", "CustomerRegistered", Registered("before"));

        Start();

        Assert.Equal(["welcome-meanwhile"], await MessagesAsync("meanwhile@example.org", count: 1));
        Assert.Equal(2, Outbox.GetFiles("*.eml").Length);
    }

    [FactWhereNodeIs]
    public async Task Messages_are_for_services_and_staff_only()
    {
        using var customer = new HttpClient { BaseAddress = _http.BaseAddress };
        customer.DefaultRequestHeaders.Add("dapr-caller-app-id", "gateway");
        customer.DefaultRequestHeaders.Add("X-User-Roles", "customer");
        using var refused = await customer.GetAsync("/messages");
        customer.DefaultRequestHeaders.Add("X-User-Roles", "staff");
        using var wrong = await customer.GetAsync("/messages?limit=0");

        Assert.Equal((HttpStatusCode.Forbidden, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.NotNull((await wrong.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!["limit"]);
    }

    [FactWhereNodeIs]
    public async Task Its_own_tests_pass()
    {
        using var tests = Process.Start(new ProcessStartInfo("node", ["--test"]) { WorkingDirectory = Service, RedirectStandardOutput = true })!;
        var output = await tests.StandardOutput.ReadToEndAsync();
        await tests.WaitForExitAsync();

        Assert.True(tests.ExitCode == 0, output);
        Assert.Matches("# pass [1-9]", output);
    }

    private DirectoryInfo Outbox => new(Path.Combine(_data.FullName, "outbox"));

    private static string Service => Path.Combine(s_root, "services", "Notifications");

    private static object Registered(string id) =>
        new { customerId = id, email = $"{id}@example.org", name = id, at = DateTimeOffset.UtcNow };

    private static EmbeddedApp App(string id, int port) => new(
        new SidecarOptions { AppId = id, AppPort = port, WorkingDirectory = Service, ApiToken = null, AppToken = null },
        ResourceLoader.Load(id, [Path.Combine(s_root, "components")], null, Service, NullLogger.Instance));

    private void Start()
    {
        var sidecar = _dapr.Sidecars[0];
        var start = new ProcessStartInfo("node", ["main.mjs"]) { WorkingDirectory = Service };
        start.Environment["APP_PORT"] = $"{_port}";
        start.Environment["DAPR_HTTP_PORT"] = $"{sidecar.HttpPort}";
        start.Environment["DATA_DIR"] = _data.FullName;
        _service = Process.Start(start);
    }

    private void Kill()
    {
        _service?.Kill(entireProcessTree: true);
        _service?.WaitForExit();
        _service = null;
    }

    private async Task PublishAsync(string topic, string type, object data)
    {
        using var http = new HttpClient { BaseAddress = _dapr.Sidecars.Single(sidecar => sidecar.AppId == topic).HttpEndpoint };
        using var answer = await http.PostAsJsonAsync($"/v1.0/publish/pubsub/{topic}?metadata.cloudevent.type={type}", data);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <summary>The ids of the messages to an address, once there are so many, by name.</summary>
    private async Task<IReadOnlyList<string>> MessagesAsync(string to, int count)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            IReadOnlyList<string> ids = [];
            try
            {
                var found = await _http.GetFromJsonAsync<JsonObject>($"/messages?to={Uri.EscapeDataString(to)}");
                ids = [.. found!["items"]!.AsArray().Select(message => (string)message!["id"]!).Order(StringComparer.Ordinal)];
            }
            catch (HttpRequestException)
            {
                // The service is starting.
            }

            if (ids.Count >= count)
            {
                return ids;
            }

            Assert.True(watch.Elapsed < s_patience, $"There are {ids.Count} of {count} messages to {to}");
            await Task.Delay(50);
        }
    }
}
