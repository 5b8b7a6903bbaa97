using DaprShop.Contracts;
using DaprShop.Payments.Domain;

namespace DaprShop.Services.Tests.Payments;

public sealed class StoreCreditTests : IAsyncLifetime
{
    private Shop _shop = null!;
    private RunningService _payments = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Payments, AppIds.Accounts);
        _payments = _shop.Run<Payment>(AppIds.Payments);
    }

    public Task DisposeAsync() => _shop.DisposeAsync().AsTask();

    [Fact]
    public async Task An_order_is_paid_from_the_account_once_however_often_it_is_asked_for()
    {
        var accounts = await StartAccountsAsync(balance: 30);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ChargeAsync("o1")));

        Assert.All(answers, answer => Assert.Equal((PaymentStatus.Charged, 12.50m), (answer.Status, answer.Charged.Amount)));
        Assert.Equal(17.50m, accounts.Balances["ann"]);
        Assert.Equal(["o1"], accounts.Moved.Keys);
    }

    [Fact]
    public async Task Too_little_credit_is_a_refusal_that_stays_one()
    {
        var accounts = await StartAccountsAsync(balance: 12.49m);
        var first = await _payments.RefusedAsync("/charges", Charge("o1"));
        accounts.Balances["ann"] = 100;

        var again = await _payments.RefusedAsync("/charges", Charge("o1"));

        Assert.Equal((422, Problems.InsufficientFunds), (first.Status, first.Code));
        Assert.Equal((422, Problems.InsufficientFunds), (again.Status, again.Code));
        Assert.Equal(100, accounts.Balances["ann"]);
    }

    [Fact]
    public async Task A_customer_without_an_account_has_no_credit()
    {
        await StartAccountsAsync(balance: 30);

        Assert.Equal(Problems.InsufficientFunds, (await _payments.RefusedAsync("/charges", Charge("o1", customer: "bob"))).Code);
    }

    [Fact]
    public async Task Refunds_go_back_to_the_account_once_each_and_those_of_two_orders_are_two()
    {
        var accounts = await StartAccountsAsync(balance: 30);
        await ChargeAsync("o1");
        await ChargeAsync("o2");

        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => RefundAsync(i % 2 == 0 ? "o1" : "o2")));

        Assert.Equal(30, accounts.Balances["ann"]);
        Assert.Equal(PaymentStatus.Refunded, (await _payments.GetAsync<PaymentResponse>("/payments/o1")).Status);
    }

    [Fact]
    public async Task While_accounts_is_away_a_charge_is_pending()
    {
        Assert.Equal(PaymentStatus.Pending, (await ChargeAsync("o1")).Status);

        var accounts = await StartAccountsAsync(balance: 30);

        await Eventually.TrueAsync(async () => (await ChargeAsync("o1")).Status == PaymentStatus.Charged);
        Assert.Equal(17.50m, accounts.Balances["ann"]);
    }

    private async Task<StandInAccounts> StartAccountsAsync(decimal balance)
    {
        var accounts = _shop.Started(await StandInAccounts.StartAsync(_shop.Endpoint(AppIds.Accounts).AppPort));
        accounts.Balances["ann"] = balance;

        // The sidecar looks for its app now and then.
        await _shop.WaitForSubscriptionsOfAsync(AppIds.Accounts);
        return accounts;
    }

    private static ChargePayment Charge(string orderId, string customer = "ann") =>
        new(orderId, customer, new MoneyAmount(12.50m, "GBP"), new PaymentMethod(PaymentMethod.Credit));

    private Task<PaymentResponse> ChargeAsync(string orderId) => _payments.PostAsync<PaymentResponse>("/charges", Charge(orderId));

    private Task<PaymentResponse> RefundAsync(string orderId) => _payments.PostAsync<PaymentResponse>(
        $"/charges/{orderId}/refunds", new RefundPayment("cancellation", new MoneyAmount(12.50m, "GBP"), "test"));
}
