using System.Net;
using System.Net.Http.Json;
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
        _shop = await Shop.StartAsync(AppIds.Payments, TopicRecorder.AppId);
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
        using var down = await _payments.SendAsync(HttpMethod.Post, "/charges", Charge("o1"));
        var pending = (await down.Content.ReadFromJsonAsync<PaymentResponse>(ContractsJson.Options))!;
        Assert.Equal((HttpStatusCode.Accepted, PaymentStatus.Pending, 0m), (down.StatusCode, pending.Status, pending.Charged.Amount));
        Assert.NotNull(pending.PendingReason);
        Assert.NotNull(down.Headers.RetryAfter);
        Assert.Equal(PaymentStatus.Pending, (await FindAsync("o1")).Status);

        _provider = StartProvider();

        Assert.Equal(PaymentStatus.Charged, (await ChargeAsync("o1")).Status);
        Assert.Equal(1, (await LedgerAsync()).Charges);
    }

    [Fact]
    public async Task A_pending_charge_is_settled_before_it_is_given_back()
    {
        await _provider.DisposeAsync();
        Assert.Equal(PaymentStatus.Pending, (await ChargeAsync("o1")).Status);
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
    public async Task A_charge_that_went_through_unheard_is_given_back_when_the_order_is_given_up_meanwhile()
    {
        await SetFaultsAsync(new CardFaults(0, 0, SlowMilliseconds: 2_000));
        Assert.Equal(PaymentStatus.Pending, (await ChargeAsync("o1")).Status);
        Assert.Equal(1, (await LedgerAsync()).Charges);
        await SetFaultsAsync(new CardFaults(0, 0));

        var payment = await RefundAsync("o1", "cancellation", 12.50m);

        Assert.Equal(PaymentStatus.Refunded, payment.Status);
        Assert.Equal(new CardLedger(1, 1, 12.50m, 12.50m), await LedgerAsync());
    }

    [Fact]
    public async Task A_burst_of_errors_is_got_over_by_trying_again()
    {
        await SetFaultsAsync(new CardFaults(0, 0, ErrorBurst: 2));

        Assert.Equal(PaymentStatus.Charged, (await ChargeAsync("o1")).Status);
        Assert.Equal(1, (await LedgerAsync()).Charges);
    }

    [Fact]
    public async Task A_refund_that_is_refused_for_good_is_owed_until_staff_settles_it()
    {
        await ChargeAsync("o1");
        await SetFaultsAsync(new CardFaults(0, 0, RefuseRefunds: true));
        var refused = await _payments.RefusedAsync("/charges/o1/refunds", Refund("r1", 5));
        await SetFaultsAsync(new CardFaults(0, 0));
        var again = await _payments.RefusedAsync("/charges/o1/refunds", Refund("r1", 5));

        Assert.Equal((422, Problems.RefundDeclined), (refused.Status, refused.Code));
        Assert.Equal((422, Problems.RefundDeclined), (again.Status, again.Code));
        Assert.Equal(new RefundResponse("r1", new MoneyAmount(5, "GBP"), RefundStatus.Refused, "card_closed"), Assert.Single((await FindAsync("o1")).Refunds!));
        Assert.Equal(HttpStatusCode.Forbidden, await SettleAsync("r1", Callers.Customer("eve")));
        Assert.Equal(HttpStatusCode.NotFound, await SettleAsync("r2", Callers.Staff));

        Assert.Equal(HttpStatusCode.OK, await SettleAsync("r1", Callers.Staff));
        Assert.Equal(HttpStatusCode.OK, await SettleAsync("r1", Callers.Staff));

        var payment = await RefundAsync("o1", "r1", 5);
        Assert.Equal((5m, RefundStatus.Settled, "staff"), (payment.Refunded.Amount, payment.Refunds![0].Status, payment.Refunds[0].SettledBy));
        Assert.Equal(new CardLedger(1, 0, 12.50m, 0), await LedgerAsync());
    }

    [Fact]
    public async Task Whose_money_it_is_is_in_the_event_of_each_refund_made_or_settled()
    {
        var topic = await TopicRecorder.StartAsync(_shop, Topics.Payments);
        await ChargeAsync("o1");
        await RefundAsync("o1", "r1", 5);
        await SetFaultsAsync(new CardFaults(0, 0, RefuseRefunds: true));
        await _payments.RefusedAsync("/charges/o1/refunds", Refund("r2", 2));
        Assert.Equal(HttpStatusCode.OK, await SettleAsync("r2", Callers.Staff));

        await Eventually.TrueAsync(() => Task.FromResult(topic.Heard<PaymentRefunded>().Count == 2));

        Assert.Equal(
            [("r1", 5m, "c1"), ("r2", 2m, "c1")],
            topic.Heard<PaymentRefunded>().Select(refunded => (refunded.RefundId, refunded.Amount.Amount, refunded.CustomerId)).Order());
    }

    [Fact]
    public async Task A_refund_that_was_made_needs_no_settlement()
    {
        await ChargeAsync("o1");
        await RefundAsync("o1", "r1", 5);

        Assert.Equal(HttpStatusCode.Conflict, await SettleAsync("r1", Callers.Staff));
    }

    [Fact]
    public async Task Bad_input_is_refused_field_by_field()
    {
        var problem = await _payments.RefusedAsync(
            "/charges", new ChargePayment("o 1", "c1", new MoneyAmount(1, "XXX"), new PaymentMethod("cash", null)));

        Assert.Equal(400, problem.Status);
        Assert.Equal(["amount.currency", "method.cardToken", "method.kind", "orderId"], problem.Errors!.Keys.Order());
    }

    private async Task<HttpStatusCode> SettleAsync(string refundId, (string Name, string Value)[] caller)
    {
        using var answer = await _payments.SendAsync(
            HttpMethod.Post, $"/payments/o1/refunds/{refundId}/settlement", new SettleRefund("by bank transfer"), caller);
        return answer.StatusCode;
    }

    private async Task SetFaultsAsync(CardFaults faults)
    {
        using var answer = await _provider.SendAsync(HttpMethod.Put, "/faults", faults);
        answer.EnsureSuccessStatusCode();
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
