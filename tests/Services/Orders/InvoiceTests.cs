using System.Net;
using System.Net.Http.Json;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Orders;

[Collection(nameof(SharedOrdersShop))]
public sealed class InvoiceTests(OrdersShop shop)
{
    [Fact]
    public async Task A_confirmed_order_has_an_invoice_over_its_lines_discounts_and_total()
    {
        var sku = await shop.StockAsync(units: 5, price: 12.50m);
        var order = await shop.SettledAsync((await shop.PlaceAsync(OrdersShop.Request(sku, 3, customer: "pam"))).Id);

        using var answer = await GetAsync(order.Id, "pam");
        var invoice = (await answer.Content.ReadFromJsonAsync<InvoiceDocument>(ContractsJson.Options))!;

        Assert.Matches(@"^INV-\d{4}-\d{6}$", invoice.Number);
        Assert.Equal((order.Invoice?.Number, order.Id, "pam", "Bath"), (invoice.Number, invoice.OrderId, invoice.CustomerId, invoice.Address.City));
        Assert.Equal(new OrderLineResponse(sku, sku, 3, new(12.50m, "GBP"), new(37.50m, "GBP")), Assert.Single(invoice.Lines));
        Assert.Equal((37.50m, 33.75m), (invoice.Subtotal.Amount, invoice.Total.Amount));
        Assert.Equal(new DiscountResponse("premium", new MoneyAmount(3.75m, "GBP")), Assert.Single(invoice.Discounts));
        using var foreign = await GetAsync(order.Id, "ann");
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
    }

    [Fact]
    public async Task An_order_that_was_not_confirmed_has_no_invoice()
    {
        var sku = await shop.StockAsync(units: 5);
        var order = await shop.SettledAsync((await shop.PlaceAsync(OrdersShop.Request(sku, 1, card: "tok_declined"))).Id);

        using var answer = await GetAsync(order.Id, "ann");

        Assert.Equal((OrderStatus.Cancelled, HttpStatusCode.NotFound), (order.Status, answer.StatusCode));
    }

    [Fact]
    public async Task Invoices_are_numbered_without_gaps_and_an_order_that_asks_again_gets_its_number_again()
    {
        var first = NumberOf(await shop.Invoices.TakeAsync("first"));

        var numbers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => shop.Invoices.TakeAsync($"order-{i}")));

        Assert.Equal(Enumerable.Range(first + 1, 40), numbers.Select(NumberOf).Order());
        Assert.Equal(numbers[3], await shop.Invoices.TakeAsync("order-3"));
        Assert.Equal(first + 41, NumberOf(await shop.Invoices.TakeAsync("last")));
    }

    private Task<HttpResponseMessage> GetAsync(string orderId, string user) =>
        shop.Orders.SendAsync(HttpMethod.Get, $"/orders/{orderId}/invoice", null, Callers.Customer(user));

    private static int NumberOf(string invoice) => int.Parse(invoice.Split('-')[2]);
}
