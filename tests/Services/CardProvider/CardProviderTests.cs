using System.Net;
using System.Net.Http.Json;
using DaprShop.CardProvider;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.CardProvider;

public sealed class CardProviderTests : IAsyncLifetime
{
    private readonly RunningService _provider = RunningService.Start<Ledger>(Shop.FreePort(), ("CARDPROVIDER_HOLD_SECONDS", "30"));

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _provider.DisposeAsync().AsTask();

    [Fact]
    public async Task The_same_key_gets_the_same_answer()
    {
        var first = await ChargeAsync("k1", Charge());
        var again = await ChargeAsync("k1", Charge());

        Assert.Equal("approved", first.Outcome);
        Assert.Equal(first, again);
        Assert.Equal(new CardLedger(1, 0, 10, 0), await LedgerAsync());
    }

    [Fact]
    public async Task A_key_with_another_body_is_a_conflict()
    {
        await ChargeAsync("k1", Charge());

        using var response = await SendAsync("/charges", "k1", Charge() with { Amount = new MoneyAmount(11, "GBP") });

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
    }

    [Theory]
    [InlineData("tok_visa", "approved", null)]
    [InlineData("tok_declined", "declined", "insufficient_funds")]
    [InlineData("tok_unheard_of", "declined", "unknown_card")]
    public async Task The_token_decides(string token, string outcome, string? reason)
    {
        var answer = await ChargeAsync("k1", Charge() with { Token = token });

        Assert.Equal((outcome, reason), (answer.Outcome, answer.Reason));
    }

    [Fact]
    public async Task A_time_out_is_a_charge_that_was_made_and_an_answer_that_comes_too_late()
    {
        using var impatient = new CancellationTokenSource();
        using var request = Request("/charges", "k1", Charge() with { Token = "tok_timeout" });
        var first = _provider.Http.SendAsync(request, impatient.Token);
        await Eventually.TrueAsync(async () => (await LedgerAsync()).Charges == 1);

        Assert.False(first.IsCompleted);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        Assert.Equal("approved", (await ChargeAsync("k1", Charge() with { Token = "tok_timeout" })).Outcome);
        Assert.Equal(1, (await LedgerAsync()).Charges);
    }

    [Fact]
    public async Task The_same_references_are_declined_in_each_run()
    {
        await SetFaultsAsync(new CardFaults(25, 0));

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i =>
            ChargeAsync($"k{i}", Charge() with { Reference = $"order-{i}" })));

        string[] firstDeclined = [.. answers.Index().Where(answer => answer.Item.Outcome == "declined").Take(5).Select(answer => $"order-{answer.Index}")];
        Assert.Equal(["order-4", "order-7", "order-9", "order-13", "order-16"], firstDeclined);
        Assert.InRange(answers.Count(answer => answer.Outcome == "declined"), 30, 70);
    }

    [Fact]
    public async Task While_it_is_down_nothing_is_carried_out()
    {
        await SetFaultsAsync(new CardFaults(0, 0, Down: true));

        using var response = await SendAsync("/charges", "k1", Charge());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(0, (await LedgerAsync()).Charges);
    }

    [Fact]
    public async Task A_burst_of_errors_ends()
    {
        await SetFaultsAsync(new CardFaults(0, 0, ErrorBurst: 2));

        List<HttpStatusCode> answers = [];
        for (var i = 0; i < 3; i++)
        {
            using var response = await SendAsync("/charges", "k1", Charge());
            answers.Add(response.StatusCode);
        }

        Assert.Equal([HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError, HttpStatusCode.OK], answers);
    }

    [Fact]
    public async Task A_slow_provider_takes_its_time()
    {
        await SetFaultsAsync(new CardFaults(0, 0, SlowMilliseconds: 200));
        var watch = System.Diagnostics.Stopwatch.StartNew();

        await ChargeAsync("k1", Charge());

        Assert.True(watch.ElapsedMilliseconds >= 150, $"{watch.ElapsedMilliseconds} ms");
    }

    [Fact]
    public async Task Refunds_can_be_refused()
    {
        var charge = await ChargeAsync("k1", Charge());
        await SetFaultsAsync(new CardFaults(0, 0, RefuseRefunds: true));

        Assert.Equal("card_closed", (await RefundAsync("r1", charge.Id, 5)).Reason);
    }

    public static TheoryData<CardFaults> BadFaults =>
        [new(101, 0), new(0, -1), new(0, 0, SlowMilliseconds: -1), new(0, 0, ErrorBurst: 60_001)];

    [Theory]
    [MemberData(nameof(BadFaults))]
    public async Task A_fault_has_its_limits(CardFaults faults)
    {
        using var response = await _provider.SendAsync(HttpMethod.Put, "/faults", faults);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task No_more_is_refunded_than_was_charged()
    {
        var charge = await ChargeAsync("k1", Charge());

        Assert.Equal("approved", (await RefundAsync("r1", charge.Id, 7)).Outcome);
        Assert.Equal("approved", (await RefundAsync("r1", charge.Id, 7)).Outcome);
        Assert.Equal("exceeds_charge", (await RefundAsync("r2", charge.Id, 4)).Reason);
        Assert.Equal(new CardLedger(1, 1, 10, 7), await LedgerAsync());
    }

    [Fact]
    public async Task A_charge_from_before_a_restart_can_be_refunded()
    {
        Assert.Equal("approved", (await RefundAsync("r1", "ch_forgotten", 7)).Outcome);
        Assert.Equal(new CardLedger(0, 1, 0, 7), await LedgerAsync());
    }

    [Fact]
    public async Task A_charge_needs_a_key()
    {
        using var response = await _provider.SendAsync(HttpMethod.Post, "/charges", Charge());

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static CardCharge Charge() => new("tok_visa", new MoneyAmount(10, "GBP"), "order-1");

    private Task<CardAnswer> ChargeAsync(string key, CardCharge charge) => AnswerAsync("/charges", key, charge);

    private Task<CardAnswer> RefundAsync(string key, string chargeId, decimal amount) =>
        AnswerAsync($"/charges/{chargeId}/refunds", key, new CardRefund(new MoneyAmount(amount, "GBP")));

    private Task<CardLedger> LedgerAsync() => _provider.GetAsync<CardLedger>("/ledger");

    private async Task SetFaultsAsync(CardFaults faults)
    {
        using var response = await _provider.SendAsync(HttpMethod.Put, "/faults", faults);
        response.EnsureSuccessStatusCode();
    }

    private async Task<CardAnswer> AnswerAsync(string path, string key, object body)
    {
        using var response = await SendAsync(path, key, body);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<CardAnswer>(ContractsJson.Options))!;
    }

    private Task<HttpResponseMessage> SendAsync(string path, string key, object body) => _provider.Http.SendAsync(Request(path, key, body));

    private static HttpRequestMessage Request(string path, string key, object body) => new(HttpMethod.Post, path)
    {
        Headers = { { "Idempotency-Key", key } },
        Content = JsonContent.Create(body, body.GetType(), options: ContractsJson.Options),
    };
}
