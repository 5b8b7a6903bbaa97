using System.Net;
using System.Net.Http.Json;
using DaprShop.CardProvider;
using DaprShop.Contracts;
using DaprShop.Payments.Domain;

namespace DaprShop.Services.Tests.Payments;

public sealed class BreakerTests : IAsyncLifetime
{
    private readonly RunningService _provider = RunningService.Start<Ledger>(Shop.FreePort());
    private Shop _shop = null!;
    private RunningService _payments = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Payments);
        _payments = _shop.Run<Payment>(
            AppIds.Payments,
            ("CARDPROVIDER_URL", $"{_provider.Address}"),
            ("CardProvider:Retry:MaxRetryAttempts", "1"),
            ("CardProvider:Retry:Delay", "00:00:00.010"),
            ("CardProvider:CircuitBreaker:MinimumThroughput", "4"),
            ("CardProvider:CircuitBreaker:BreakDuration", "00:00:01"));
    }

    public async Task DisposeAsync()
    {
        await _shop.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task The_circuit_opens_after_failures_spares_the_provider_and_closes_once_it_is_well_again()
    {
        Assert.Equal(PaymentStatus.Charged, await ChargeAsync("before"));
        Assert.Equal(("closed", 1L, 0L, 1.0), Summary(await HealthAsync()));
        await SetFaultsAsync(new CardFaults(0, 0, Down: true));

        var orders = 0;
        await Eventually.TrueAsync(async () =>
        {
            Assert.Equal(PaymentStatus.Pending, await ChargeAsync($"down-{orders++}"));
            return (await HealthAsync()).Opened > 0;
        });
        var open = await HealthAsync();
        Assert.True(open.Failed >= 2, $"{open.Failed} failures");
        Assert.Equal((503, "charge"), (open.LastFailure?.Status, open.LastFailure?.Operation));
        Assert.InRange(open.SuccessRate!.Value, 0.01, 0.5);

        await Eventually.TrueAsync(async () =>
        {
            Assert.Equal(PaymentStatus.Pending, await ChargeAsync("rejected"));
            return (await HealthAsync()).Rejected > 0;
        });

        await SetFaultsAsync(new CardFaults(0, 0));
        await Eventually.TrueAsync(async () => await ChargeAsync("rejected") == PaymentStatus.Charged);
        await Eventually.TrueAsync(async () => (await HealthAsync()).State == "closed");
        for (var i = 0; i < orders; i++)
        {
            Assert.Equal(PaymentStatus.Charged, await ChargeAsync($"down-{i}"));
        }

        Assert.Equal(orders + 2, (await _provider.GetAsync<CardLedger>("/ledger")).Charges);
    }

    [Fact]
    public async Task The_last_hundred_calls_are_remembered_newest_first_and_nothing_of_the_cards()
    {
        for (var i = 0; i < 101; i++)
        {
            await ChargeAsync($"o{i}");
        }

        await _payments.PostAsync<PaymentResponse>("/charges/o1/refunds", new RefundPayment("r1", new MoneyAmount(1, "GBP"), "test"));

        using var answer = await ReadHealthAsync(Callers.Staff);
        var health = (await answer.Content.ReadFromJsonAsync<ProviderHealth>(ContractsJson.Options))!;
        Assert.Equal((102, 100), (health.Succeeded, health.RecentCalls.Count));
        Assert.Equal(["refund", "charge"], health.RecentCalls.Take(2).Select(call => call.Operation));
        Assert.DoesNotContain("tok_visa", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_staff_sees_how_the_provider_does()
    {
        using var customer = await ReadHealthAsync(Callers.Customer("eve"));
        using var nobody = await ReadHealthAsync(Callers.Nobody);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (customer.StatusCode, nobody.StatusCode));
    }

    private static (string, long, long, double?) Summary(ProviderHealth health) => (health.State, health.Succeeded, health.Failed, health.SuccessRate);

    private async Task<PaymentStatus> ChargeAsync(string orderId)
    {
        var charge = new ChargePayment(orderId, "c1", new MoneyAmount(10, "GBP"), new PaymentMethod("card", "tok_visa"));
        return (await _payments.PostAsync<PaymentResponse>("/charges", charge)).Status;
    }

    private async Task<ProviderHealth> HealthAsync()
    {
        using var answer = await ReadHealthAsync(Callers.Staff);
        return (await answer.Content.ReadFromJsonAsync<ProviderHealth>(ContractsJson.Options))!;
    }

    private Task<HttpResponseMessage> ReadHealthAsync((string Name, string Value)[] caller) =>
        _payments.SendAsync(HttpMethod.Get, "/payments/provider/health", null, caller);

    private async Task SetFaultsAsync(CardFaults faults)
    {
        using var answer = await _provider.SendAsync(HttpMethod.Put, "/faults", faults);
        answer.EnsureSuccessStatusCode();
    }
}
