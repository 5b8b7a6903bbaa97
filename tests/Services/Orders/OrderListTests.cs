using System.Net;
using System.Net.Http.Json;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Orders.Domain;

namespace DaprShop.Services.Tests.Orders;

[Collection(nameof(SharedOrdersShop))]
public sealed class OrderListTests(OrdersShop shop)
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_customer_finds_all_of_their_own_orders_newest_first_page_by_page()
    {
        var customer = NewCustomer();
        var placed = await InsertAsync(customer, 130);
        await InsertAsync(NewCustomer(), 3);

        List<OrderSummary> found = [];
        for (string? next = ""; next is not null;)
        {
            var page = await ListAsync($"?limit=40{next}", Callers.Customer(customer));
            Assert.InRange(page.Items.Count, 1, 40);
            found.AddRange(page.Items);
            next = page.Next is null ? null : $"&cursor={page.Next}";
        }

        Assert.Equal(placed.Reverse(), found.Select(order => order.Id));
        Assert.All(found, order => Assert.Equal((customer, 2, new MoneyAmount(20, "EUR"), s_now), (order.CustomerId, order.Units, order.Total, order.CreatedAt)));
    }

    [Fact]
    public async Task Orders_placed_at_the_same_time_are_all_in_the_list_and_one_that_was_never_saved_is_not()
    {
        var customer = NewCustomer();
        var index = shop.Index;
        var orders = Enumerable.Range(0, 40).Select(_ => NewOrder(customer)).ToArray();
        await index.AddAsync(NewOrder(customer), CancellationToken.None);

        await Task.WhenAll(orders.Select(async order =>
        {
            await index.AddAsync(order, CancellationToken.None);
            await shop.Store.InsertAsync(order, CancellationToken.None);
        }));

        var page = await ListAsync("?limit=100", Callers.Customer(customer));
        Assert.Equal(orders.Select(order => order.Id).Order(), page.Items.Select(order => order.Id).Order());
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task A_request_that_came_twice_is_in_the_list_once()
    {
        var sku = await shop.StockAsync(units: 10);
        var key = OrdersShop.NewKey();
        var placed = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => shop.PlaceAsync(OrdersShop.Request(sku, 1), key)));

        var page = await ListAsync("", Callers.Customer("ann"));

        Assert.Single(page.Items, order => order.Id == placed[0].Id);
    }

    [Fact]
    public async Task Anothers_orders_are_not_found_and_staff_sees_them()
    {
        var customer = NewCustomer();
        await InsertAsync(customer, 1);

        using var foreign = await SendAsync($"/orders?customerId={customer}", Callers.Customer("eve"));
        var staff = await ListAsync($"?customerId={customer}", Callers.Staff);

        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        Assert.Single(staff.Items);
    }

    [Theory]
    [InlineData("?cursor=x", "cursor")]
    [InlineData("?cursor=-1.0", "cursor")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=101", "limit")]
    public async Task A_bad_question_is_refused_by_field(string query, string field)
    {
        using var answer = await SendAsync($"/orders{query}", Callers.Customer("ann"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal([field], (await answer.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!.Errors!.Keys);
    }

    private static string NewCustomer() => $"c-{Guid.NewGuid():N}";

    private async Task<string[]> InsertAsync(string customer, int count)
    {
        List<string> ids = [];
        for (var i = 0; i < count; i++)
        {
            var order = NewOrder(customer);
            await shop.Index.AddAsync(order, CancellationToken.None);
            await shop.Store.InsertAsync(order, CancellationToken.None);
            ids.Add(order.Id);
        }

        return [.. ids];
    }

    private static Order NewOrder(string customer)
    {
        var order = Order.Start(Guid.NewGuid().ToString(), customer, "EUR", s_now);
        order.AddLine("no-such", "No such thing", 2, new Money(10, "EUR"));
        var address = new Address("1 High Street", "Bath", "Somerset", "BA1 1AA", "GB");
        order.Place(new Price(new Money(20, "EUR"), []), address, new PaymentMethod("card", "tok_visa"), false, "hash", s_now);

        // One that has ended: its OrderCreated starts no saga.
        order.Cancel("cancel", "cancelled", "test", s_now);
        return order;
    }

    private async Task<Page<OrderSummary>> ListAsync(string query, (string Name, string Value)[] caller)
    {
        using var answer = await SendAsync($"/orders{query}", caller);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<Page<OrderSummary>>(ContractsJson.Options))!;
    }

    private Task<HttpResponseMessage> SendAsync(string path, (string Name, string Value)[] caller) =>
        shop.Orders.SendAsync(HttpMethod.Get, path, null, caller);
}
