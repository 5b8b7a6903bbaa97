using System.Net.Http.Json;
using DaprShop.Contracts;
using DaprShop.Customers.Domain;

namespace DaprShop.Services.Tests.Customers;

public sealed class LookupTests : IAsyncLifetime
{
    private Shop _shop = null!;
    private RunningService _customers = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Customers);
        _customers = _shop.Run<Customer>(AppIds.Customers);
    }

    public Task DisposeAsync() => _shop.DisposeAsync().AsTask();

    [Fact]
    public async Task One_customer_that_cannot_be_read_does_not_lose_the_others()
    {
        var registered = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            _customers.PostAsync<CustomerResponse>("/customers", new RegisterCustomer($"c{i}", $"c{i}@example.org", "Somebody"))));
        await SpoilAsync("spoilt");

        var ids = registered.Select(customer => customer.Id).Append("nobody").Append("spoilt").Append("c0");
        var answer = await _customers.PostAsync<CustomersFound>("/customers/lookup", new LookUpCustomers([.. ids]));

        Assert.Equal(registered, answer.Found);
        Assert.Equal(["nobody"], answer.Missing);
        Assert.Equal(["spoilt"], answer.Failed);
    }

    [Fact]
    public async Task Without_a_store_all_of_them_fail_and_none_is_taken_for_missing()
    {
        await _customers.PostAsync<CustomerResponse>("/customers", new RegisterCustomer("ada", "ada@example.org", "Ada"));
        await _shop.StopSidecarsAsync();

        var answer = await _customers.PostAsync<CustomersFound>("/customers/lookup", new LookUpCustomers(["ada", "nobody"]));

        Assert.Equal((0, 0, 2), (answer.Found.Count, answer.Missing.Count, answer.Failed.Count));
    }

    [Fact]
    public async Task What_cannot_be_ids_is_told_by_position()
    {
        var refused = await _customers.RefusedAsync("/customers/lookup", new LookUpCustomers(["ada", "a b", "c/d"]));
        var none = await _customers.RefusedAsync("/customers/lookup", new LookUpCustomers([]));

        Assert.Equal((400, 400), (refused.Status, none.Status));
        Assert.Equal(["ids[1]", "ids[2]"], refused.Errors!.Keys.Order());
    }

    // As a fault of the disk, or another version of the service, might leave it.
    private async Task SpoilAsync(string id)
    {
        using var http = new HttpClient { BaseAddress = _shop.Endpoint(AppIds.Customers).HttpEndpoint };
        using var saved = await http.PostAsJsonAsync($"/v1.0/state/{Stores.Customers}", new[] { new { key = id, value = new { id, email = "spoilt" } } });
        saved.EnsureSuccessStatusCode();
    }
}
