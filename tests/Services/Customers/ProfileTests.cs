using System.Net;
using System.Net.Http.Json;
using DaprShop.Contracts;
using DaprShop.Customers.Domain;

namespace DaprShop.Services.Tests.Customers;

public sealed class ProfileTests : IAsyncLifetime
{
    private static readonly PostalAddress s_home = new("1 High Street", "Bath", "Somerset", "BA1 1AA", "GB");
    private static readonly PostalAddress s_work = s_home with { Street = "2 Low Street" };

    private Shop _shop = null!;
    private RunningService _customers = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Customers);
        _customers = _shop.Run<Customer>(AppIds.Customers);
        await _customers.PostAsync<CustomerResponse>("/customers", new RegisterCustomer("ada", "ada@example.org", "Ada"));
    }

    public Task DisposeAsync() => _shop.DisposeAsync().AsTask();

    [Fact]
    public async Task A_profile_is_changed_as_a_whole_or_not_at_all()
    {
        var changed = await PutAsync<CustomerResponse>("/customers/ada", new UpdateCustomer("ada@new.example", "Ada King"));
        using var refused = await _customers.SendAsync(HttpMethod.Put, "/customers/ada", new UpdateCustomer("ada", "Countess"));

        Assert.Equal(("ada@new.example", "Ada King"), (changed.Email, changed.Name));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(changed, await _customers.GetAsync<CustomerResponse>("/customers/ada"));
    }

    [Fact]
    public async Task A_deactivated_customer_is_kept_and_not_active()
    {
        var deactivated = await _customers.PostAsync<CustomerResponse>("/customers/ada/deactivation");

        Assert.False(deactivated.Active);
        Assert.False((await _customers.GetAsync<CustomerResponse>("/customers/ada")).Active);
    }

    [Fact]
    public async Task Premium_membership_is_granted_and_ended_by_staff_only()
    {
        using var byCustomer = await _customers.SendAsync(HttpMethod.Put, "/customers/ada/premium", null, Callers.Customer("ada"));
        using var byStaff = await _customers.SendAsync(HttpMethod.Put, "/customers/ada/premium", null, Callers.Staff);
        var granted = await _customers.GetAsync<CustomerResponse>("/customers/ada");
        using var ended = await _customers.SendAsync(HttpMethod.Delete, "/customers/ada/premium", null, Callers.Staff);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (byCustomer.StatusCode, byStaff.StatusCode));
        Assert.True(granted.Premium);
        Assert.False((await _customers.GetAsync<CustomerResponse>("/customers/ada")).Premium);
    }

    [Fact]
    public async Task Addresses_are_added_listed_and_removed_and_one_is_the_default()
    {
        var home = await _customers.PostAsync<AddressResponse>("/customers/ada/addresses", new AddAddress(s_home));
        var work = await _customers.PostAsync<AddressResponse>("/customers/ada/addresses", new AddAddress(s_work));
        Assert.Equal((true, false), (home.IsDefault, work.IsDefault));

        await PutAsync<AddressesResponse>($"/customers/ada/addresses/{work.Id}/default");
        var listed = await _customers.GetAsync<AddressesResponse>("/customers/ada/addresses");
        Assert.Equal([home with { IsDefault = false }, work with { IsDefault = true }], listed.Addresses);

        using var removed = await _customers.SendAsync(HttpMethod.Delete, $"/customers/ada/addresses/{work.Id}");
        var left = await removed.Content.ReadFromJsonAsync<AddressesResponse>(ContractsJson.Options);
        Assert.Equal([home], left!.Addresses);
    }

    [Fact]
    public async Task A_bad_address_is_told_by_field_and_an_unknown_one_cannot_be_the_default()
    {
        var bad = await _customers.RefusedAsync("/customers/ada/addresses", new AddAddress(s_home with { Country = "Atlantis", City = "" }));
        using var unknown = await _customers.SendAsync(HttpMethod.Put, "/customers/ada/addresses/nowhere/default");

        Assert.Equal((400, "address.city"), (bad.Status, Assert.Single(bad.Errors!).Key));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Empty((await _customers.GetAsync<AddressesResponse>("/customers/ada/addresses")).Addresses);
    }

    [Fact]
    public async Task Changes_made_at_once_are_all_kept()
    {
        await Task.WhenAll(Enumerable.Range(1, 5).Select(i =>
            _customers.PostAsync<AddressResponse>("/customers/ada/addresses", new AddAddress(s_home with { Street = $"{i} High Street" }))));

        Assert.Equal(5, (await _customers.GetAsync<AddressesResponse>("/customers/ada/addresses")).Addresses.Count);
    }

    [Fact]
    public async Task Preferences_are_the_default_ones_until_they_are_chosen()
    {
        var before = await _customers.GetAsync<PreferencesResponse>("/customers/ada/preferences");
        var chosen = await PutAsync<PreferencesResponse>("/customers/ada/preferences", new SavePreferences("de-AT", "EUR", false, true));
        using var refused = await _customers.SendAsync(
            HttpMethod.Put, "/customers/ada/preferences", new SavePreferences("de-AT", "shells", false, true));

        Assert.Equal(new PreferencesResponse("en", "GBP", true, false), before);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(chosen, await _customers.GetAsync<PreferencesResponse>("/customers/ada/preferences"));
        Assert.Equal(HttpStatusCode.NotFound, (await _customers.Http.GetAsync("/customers/nobody/preferences")).StatusCode);
    }

    [Theory]
    [InlineData("GET", "/customers/ada")]
    [InlineData("POST", "/customers/ada/deactivation")]
    [InlineData("GET", "/customers/ada/addresses")]
    [InlineData("DELETE", "/customers/ada/addresses/home")]
    [InlineData("GET", "/customers/ada/preferences")]
    public async Task To_others_a_customer_does_not_exist(string method, string path)
    {
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(Callers.Nobody));
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(Callers.Customer("eve")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(Callers.Customer("ada")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(Callers.Staff));

        async Task<HttpStatusCode> AskAsync((string, string)[] caller)
        {
            using var response = await _customers.SendAsync(new HttpMethod(method), path, null, caller);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Only_staff_and_services_register_and_look_up_customers()
    {
        var eve = new RegisterCustomer("eve", "eve@example.org", "Eve");

        foreach (var caller in new[] { Callers.Nobody, Callers.Customer("ada") })
        {
            Assert.Equal(403, (await _customers.As(caller).RefusedAsync("/customers", eve)).Status);
            Assert.Equal(403, (await _customers.As(caller).RefusedAsync("/customers/lookup", new LookUpCustomers(["ada"]))).Status);
        }

        await _customers.As(Callers.Staff).PostAsync<CustomerResponse>("/customers", eve);
    }

    private async Task<T> PutAsync<T>(string path, object? body = null)
    {
        using var response = await _customers.SendAsync(HttpMethod.Put, path, body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<T>(ContractsJson.Options))!;
    }
}
