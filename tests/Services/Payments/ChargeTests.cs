using DaprShop.CardProvider;
using DaprShop.Contracts;
using DaprShop.Payments.Domain;

namespace DaprShop.Services.Tests.Payments;

public sealed class ChargeTests : IAsyncLifetime
{
    private readonly int _providerPort = Shop.FreePort();
    private Shop _shop = null!;
    private RunningService _payments = null!;
    private RunningService _provider = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Payments);
        _provider = StartProvider();
        _payments = _shop.Run<Payment>(
            AppIds.Payments,
            ("CARDPROVIDER_URL", $"http://127.0.0.1:{_providerPort}"),
            ("CardProvider:AttemptTimeout:Timeout", "00:00:00.500"),
            ("CardProvider:Retry:Delay", "00:00:00.010"));
    }

    public async Task DisposeAsync()
    {
        await _shop.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_card_is_charged_once_however_often_it_is_asked_for()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ChargeAsync("o1")));

        Assert.All(answers, answer => Assert.Equal((PaymentStatus.Charged, new MoneyAmount(12.50m, "GBP")), (answer.Status, answer.Charged)));
        Assert.Equal(new CardLedger(1, 0, 12.50m, 0), await LedgerAsync());
    }

    [Fact]
    public async Task A_charge_whose_answer_came_too_late_is_asked_for_again_and_made_once()
    {
        var payment = await ChargeAsync("o1", token: "tok_timeout");

        Assert.Equal(PaymentStatus.Charged, payment.Status);
        Assert.Equal(new CardLedger(1, 0, 12.50m, 0), await LedgerAsync());
    }

    [Fact]
    public async Task A_declined_card_is_a_refusal_that_stays_one()
    {
        var first = await _payments.RefusedAsync("/charges", Charge("o1", "tok_declined"));
        var again = await _payments.RefusedAsync("/charges", Charge("o1", "tok_visa"));

        Assert.Equal((422, Problems.CardDeclined), (first.Status, first.Code));
        Assert.Equal((422, Problems.CardDeclined), (again.Status, again.Code));
        Assert.Equal(0, (await LedgerAsync()).Charges);
        Assert.Equal(PaymentStatus.Declined, (await FindAsync("o1")).Status);
    }

    [Fact]
    public async Task While_the_provider_is_down_a_charge_is_pending_and_it_is_completed_when_asked_for_again()
    {
        await _provider.DisposeAsync();
        var down = await _payments.RefusedAsync("/charges", Charge("o1"));
        Assert.Equal((503, Problems.DependencyUnavailable), (down.Status, down.Code));
        Assert.NotNull(down.RetryAfter);
        Assert.Equal(PaymentStatus.Pending, (await FindAsync("o1")).Status);

        _provider = StartProvider();

        Assert.Equal(PaymentStatus.Charged, (await ChargeAsync("o1")).Status);
        Assert.Equal(1, (await LedgerAsync()).Charges);
    }

    [Fact]
    public async Task A_pending_charge_is_settled_before_it_is_given_back()
    {
        await _provider.DisposeAsync();
        await _payments.RefusedAsync("/charges", Charge("o1"));
        _provider = StartProvider();

        var payment = await RefundAsync("o1", "compensation", 12.50m);

        Assert.Equal(PaymentStatus.Refunded, payment.Status);
        Assert.Equal(new CardLedger(1, 1, 12.50m, 12.50m), await LedgerAsync());
    }

    [Fact]
    public async Task An_order_that_was_given_up_before_its_charge_is_not_charged_any_more()
    {
        var nothing = await RefundAsync("o1", "compensation", 12.50m);
        var late = await _payments.RefusedAsync("/charges", Charge("o1"));

        Assert.Equal((PaymentStatus.Cancelled, 0m), (nothing.Status, nothing.Refunded.Amount));
        Assert.Equal((422, Problems.PaymentCancelled), (late.Status, late.Code));
        Assert.Equal(0, (await LedgerAsync()).Charges);
    }

    [Fact]
    public async Task A_charge_that_comes_again_after_its_refund_is_refused()
    {
        await ChargeAsync("o1");
        await RefundAsync("o1", "compensation", 12.50m);

        Assert.Equal(Problems.PaymentCancelled, (await _payments.RefusedAsync("/charges", Charge("o1"))).Code);
        Assert.Equal(new CardLedger(1, 1, 12.50m, 12.50m), await LedgerAsync());
    }

    [Fact]
    public async Task Money_is_given_back_once_a_refund_and_never_more_than_was_charged()
    {
        await ChargeAsync("o1");

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RefundAsync("o1", "r1", 5)));
        var payment = await RefundAsync("o1", "r2", 2.50m);
        var excess = await _payments.RefusedAsync("/charges/o1/refunds", Refund("r3", 5.01m));
        var other = await _payments.RefusedAsync("/charges/o1/refunds", Refund("r1", 1));

        Assert.Equal((PaymentStatus.Charged, 7.50m), (payment.Status, payment.Refunded.Amount));
        Assert.Equal((422, Problems.RefundExceedsCharge), (excess.Status, excess.Code));
        Assert.Equal((409, Problems.IdempotencyKeyReused), (other.Status, other.Code));
        Assert.Equal(new CardLedger(1, 2, 12.50m, 7.50m), await LedgerAsync());
    }

    [Fact]
    public async Task A_declined_order_has_nothing_to_get_back()
    {
        await _payments.RefusedAsync("/charges", Charge("o1", "tok_declined"));

        Assert.Equal(PaymentStatus.Declined, (await RefundAsync("o1", "compensation", 12.50m)).Status);
        Assert.Equal(0, (await LedgerAsync()).Refunds);
    }

    [Fact]
    public async Task An_order_with_nothing_to_pay_is_paid_without_the_provider()
    {
        var payment = await _payments.PostAsync<PaymentResponse>("/charges", Charge("o1") with { Amount = new MoneyAmount(0, "GBP") });

        Assert.Equal(PaymentStatus.Charged, payment.Status);
        Assert.Equal(0, (await LedgerAsync()).Charges);
    }

    [Fact]
    public async Task Another_amount_for_the_same_order_is_a_conflict()
    {
        await ChargeAsync("o1");

        var conflict = await _payments.RefusedAsync("/charges", Charge("o1") with { Amount = new MoneyAmount(13, "GBP") });

        Assert.Equal((409, Problems.IdempotencyKeyReused), (conflict.Status, conflict.Code));
    }

    [Fact]
    public async Task Bad_input_is_refused_field_by_field()
    {
        var problem = await _payments.RefusedAsync(
            "/charges", new ChargePayment("o 1", "c1", new MoneyAmount(1, "XXX"), new PaymentMethod("cash", null)));

        Assert.Equal(400, problem.Status);
        Assert.Equal(["amount.currency", "method.cardToken", "method.kind", "orderId"], problem.Errors!.Keys.Order());
    }

    private RunningService StartProvider() => RunningService.Start<Ledger>(_providerPort, ("CARDPROVIDER_HOLD_SECONDS", "30"));

    private static ChargePayment Charge(string orderId, string token = "tok_visa") =>
        new(orderId, "c1", new MoneyAmount(12.50m, "GBP"), new PaymentMethod("card", token));

    private static RefundPayment Refund(string refundId, decimal amount) => new(refundId, new MoneyAmount(amount, "GBP"), "test");

    private Task<PaymentResponse> ChargeAsync(string orderId, string token = "tok_visa") =>
        _payments.PostAsync<PaymentResponse>("/charges", Charge(orderId, token));

    private Task<PaymentResponse> RefundAsync(string orderId, string refundId, decimal amount) =>
        _payments.PostAsync<PaymentResponse>($"/charges/{orderId}/refunds", Refund(refundId, amount));

    private Task<PaymentResponse> FindAsync(string orderId) => _payments.GetAsync<PaymentResponse>($"/payments/{orderId}");

    private Task<CardLedger> LedgerAsync() => _provider.GetAsync<CardLedger>("/ledger");
}
