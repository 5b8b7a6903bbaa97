using System.Net;
using DaprShop.Contracts;
using DaprShop.Customers.Domain;
using DaprShop.Services.Tests.Identity;

namespace DaprShop.Services.Tests.Customers;

public sealed class RegisteredUserTests
{
    [Fact]
    public async Task A_user_who_registers_becomes_a_customer_with_default_preferences()
    {
        await using var shop = await IdentityShop.StartAsync();
        var customers = shop.Shop.Run<Customer>(AppIds.Customers);
        await shop.Shop.WaitForSubscriptionsOfAsync(AppIds.Customers);

        var user = await shop.RegisterAsync("ada@example.org");

        await Eventually.TrueAsync(async () => (await customers.Http.GetAsync($"/customers/{user.Id}")).IsSuccessStatusCode);
        var customer = await customers.GetAsync<CustomerResponse>($"/customers/{user.Id}");
        Assert.Equal(("ada@example.org", "Ada Lovelace", false, true), (customer.Email, customer.Name, customer.Premium, customer.Active));
        await Eventually.TrueAsync(() => IsStoredAsync(shop.Shop, user.Id));
    }

    [Fact]
    public async Task The_event_delivered_again_changes_nothing()
    {
        await using var shop = await Shop.StartAsync(AppIds.Customers);
        var customers = shop.Run<Customer>(AppIds.Customers);
        var registered = new UserRegistered("ada", "ada@example.org", "Ada", DateTimeOffset.UnixEpoch);
        await DeliverAsync();
        using var chosen = await customers.SendAsync(HttpMethod.Put, "/customers/ada/preferences", new SavePreferences("de", "EUR", false, true));
        using var renamed = await customers.SendAsync(HttpMethod.Put, "/customers/ada", new UpdateCustomer("ada@new.example", "Ada King"));

        await DeliverAsync();

        Assert.Equal("Ada King", (await customers.GetAsync<CustomerResponse>("/customers/ada")).Name);
        Assert.Equal("de", (await customers.GetAsync<PreferencesResponse>("/customers/ada/preferences")).Language);

        async Task DeliverAsync()
        {
            var received = new { id = "e1", source = "identity", type = nameof(UserRegistered), topic = Topics.Identity, data = registered };
            using var response = await customers.SendAsync(HttpMethod.Post, $"/events/{Topics.Identity}/{nameof(UserRegistered)}", received);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    private static async Task<bool> IsStoredAsync(Shop shop, string id)
    {
        using var http = new HttpClient { BaseAddress = shop.Endpoint(AppIds.Customers).HttpEndpoint };
        using var response = await http.GetAsync($"/v1.0/state/{Stores.Preferences}/{id}");
        return response.StatusCode == HttpStatusCode.OK;
    }
}
