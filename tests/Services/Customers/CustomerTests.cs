using System.Net;
using DaprShop.Contracts;
using DaprShop.Customers.Domain;

namespace DaprShop.Services.Tests.Customers;

public sealed class CustomerTests : IAsyncLifetime
{
    private Shop _shop = null!;
    private RunningService _customers = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Customers);
        _customers = _shop.Run<Customer>(AppIds.Customers, ("SEED", "true"));
    }

    public Task DisposeAsync() => _shop.DisposeAsync().AsTask();

    [Fact]
    public async Task A_customer_is_registered_once()
    {
        var ada = new RegisterCustomer("ada", "ada@lovelace.example", "Ada", Premium: true);

        using var created = await _customers.SendAsync(HttpMethod.Post, "/customers", ada);
        using var again = await _customers.SendAsync(HttpMethod.Post, "/customers", ada);
        var other = await _customers.RefusedAsync("/customers", ada with { Name = "Another" });

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.StatusCode, again.StatusCode));
        Assert.Equal("/customers/ada", created.Headers.Location?.ToString());
        Assert.Equal((409, Problems.AlreadyExists), (other.Status, other.Code));
        var stored = await _customers.GetAsync<CustomerResponse>("/customers/ada");
        Assert.Equal(("Ada", true, true), (stored.Name, stored.Premium, stored.Active));
    }

    [Fact]
    public async Task Of_many_registrations_of_one_id_the_first_wins()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            using var response = await _customers.SendAsync(HttpMethod.Post, "/customers", new RegisterCustomer("ada", $"ada{i}@lovelace.example", "Ada"));
            return response.StatusCode;
        }));

        Assert.Single(answers, status => status == HttpStatusCode.Created);
        Assert.Equal(19, answers.Count(status => status == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task A_customer_without_an_id_gets_one()
    {
        var registered = await _customers.PostAsync<CustomerResponse>("/customers", new RegisterCustomer(null, "bob@example.org", "Bob"));

        Assert.Equal(registered, await _customers.GetAsync<CustomerResponse>($"/customers/{registered.Id}"));
    }

    [Fact]
    public async Task What_is_no_e_mail_address_is_refused_and_stores_nothing()
    {
        var problem = await _customers.RefusedAsync("/customers", new RegisterCustomer("eve", "eve", "Eve"));

        Assert.Equal(400, problem.Status);
        Assert.Equal("email", Assert.Single(problem.Errors!).Key);
        Assert.Equal(HttpStatusCode.NotFound, (await _customers.Http.GetAsync("/customers/eve")).StatusCode);
    }

    [Fact]
    public Task There_is_a_demo_customer_from_the_start() =>
        Eventually.TrueAsync(async () => (await _customers.Http.GetAsync("/customers/demo")).IsSuccessStatusCode);
}
