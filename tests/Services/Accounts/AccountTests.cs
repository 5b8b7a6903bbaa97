using System.Net;
using System.Net.Http.Json;
using Dapr.Client;
using DaprShop.Accounts;
using DaprShop.Accounts.Domain;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Services.Tests.Accounts;

public sealed class AccountTests : IAsyncLifetime
{
    private Shop _shop = null!;
    private RunningService _accounts = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Accounts);
        await StartAsync();
    }

    public async Task DisposeAsync() => await _shop.DisposeAsync();

    [Fact]
    public async Task A_deposit_is_applied_once_however_often_it_is_asked_for()
    {
        await OpenAsync("ann");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => DepositAsync("ann", "d1", 12.50m)));

        Assert.All(answers, answer => Assert.Equal(new AccountResponse("ann", Pounds(12.50m), 2), answer));
        var reused = await _accounts.RefusedAsync("/accounts/ann/deposits", new DepositMoney("d1", Pounds(1), "another"));
        Assert.Equal((409, Problems.IdempotencyKeyReused), (reused.Status, reused.Code));
    }

    [Fact]
    public async Task Deposits_that_come_at_the_same_time_all_count()
    {
        await OpenAsync("ann");

        await Task.WhenAll(Enumerable.Range(1, 100).Select(i => DepositAsync("ann", $"d{i}", i)));

        Assert.Equal(new AccountResponse("ann", Pounds(5050), 101), await FindAsync("ann"));
    }

    [Fact]
    public async Task Another_version_than_the_expected_one_is_a_conflict_and_loses_nothing()
    {
        await OpenAsync("ann");
        await DepositAsync("ann", "d1", 10, expectedVersion: 1);

        var stale = await _accounts.RefusedAsync("/accounts/ann/deposits", new DepositMoney("d2", Pounds(5), "gift", ExpectedVersion: 1));
        var repeated = await DepositAsync("ann", "d1", 10, expectedVersion: 1);

        Assert.Equal((409, Problems.VersionConflict), (stale.Status, stale.Code));
        Assert.Equal(new AccountResponse("ann", Pounds(10), 2), repeated);
        Assert.Equal(new AccountResponse("ann", Pounds(15), 3), await DepositAsync("ann", "d2", 5, expectedVersion: 2));
    }

    [Fact]
    public async Task No_more_goes_out_than_is_there()
    {
        await OpenAsync("ann");
        await DepositAsync("ann", "d1", 10);

        var answers = await Task.WhenAll(Enumerable.Range(1, 5).Select(i => _accounts.SendAsync(
            HttpMethod.Post, "/accounts/ann/withdrawals", new WithdrawMoney($"w{i}", Pounds(4), "order"))));

        Assert.Equal(2, answers.Count(answer => answer.IsSuccessStatusCode));
        Assert.Equal(3, answers.Count(answer => answer.StatusCode == HttpStatusCode.UnprocessableEntity));
        Assert.Equal(2m, (await FindAsync("ann")).Balance.Amount);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("1000")]
    public async Task An_account_is_rebuilt_from_its_events_after_a_restart(string snapshotEvery)
    {
        await RestartAsync(snapshotEvery);
        await OpenAsync("ann");
        for (var i = 1; i <= 7; i++)
        {
            await DepositAsync("ann", $"d{i}", 1.10m);
        }

        await RestartAsync(snapshotEvery);

        Assert.Equal(new AccountResponse("ann", Pounds(7.70m), 8), await FindAsync("ann"));
        Assert.Equal(8, (await DepositAsync("ann", "d3", 1.10m)).Version);
    }

    [Fact]
    public async Task A_lost_snapshot_loses_nothing()
    {
        await RestartAsync(snapshotEvery: "1");
        await OpenAsync("ann");
        await DepositAsync("ann", "d1", 3);
        using (var http = new HttpClient { BaseAddress = _shop.Endpoint(AppIds.Accounts).HttpEndpoint })
        {
            using var deleted = await http.PostAsJsonAsync(
                "/v1.0/actors/AccountActor/ann/state", new object[] { new { operation = "delete", request = new { key = "snapshot" } } });
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        await RestartAsync(snapshotEvery: "1");

        Assert.Equal(new AccountResponse("ann", Pounds(3), 2), await FindAsync("ann"));
    }

    [Fact]
    public async Task Of_two_writers_that_expect_the_same_version_one_is_first_and_the_other_decides_anew()
    {
        await OpenAsync("ann");
        await DepositAsync("ann", "d1", 10);

        // As another replica would, behind the back of the actor that has the account in memory.
        var other = await StreamAsync();
        var now = DateTimeOffset.UtcNow;
        await other.AppendAsync("ann", new Withdrawn(3, "w1", new Money(9, "GBP"), new Money(1, "GBP"), "order", now));

        await Assert.ThrowsAsync<StateConflictException>(() => other.AppendAsync(
            "ann", new Withdrawn(3, "w2", new Money(9, "GBP"), new Money(1, "GBP"), "order", now)));
        var refused = await _accounts.RefusedAsync("/accounts/ann/withdrawals", new WithdrawMoney("w3", Pounds(9), "order"));
        Assert.Equal((422, Problems.InsufficientFunds), (refused.Status, refused.Code));
        Assert.Equal(new AccountResponse("ann", Pounds(3), 4), await DepositAsync("ann", "d2", 2));
    }

    [Fact]
    public async Task The_history_has_every_event_in_order_and_in_pages()
    {
        await OpenAsync("ann");
        await DepositAsync("ann", "d1", 10);
        await WithdrawAsync("ann", "w1", 4);

        var first = await _accounts.GetAsync<Page<AccountEntry>>("/accounts/ann/history?limit=2");
        var second = await _accounts.GetAsync<Page<AccountEntry>>($"/accounts/ann/history?limit=2&after={first.Next}");

        Assert.Equal(
            [(1L, "created", 0m, null), (2L, "deposited", 10m, "d1"), (3L, "withdrawn", 6m, "w1")],
            first.Items.Concat(second.Items).Select(entry => (entry.Version, entry.Type, entry.Balance.Amount, entry.Reference)));
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task Balances_are_projected_from_the_events_and_can_be_built_anew()
    {
        await _shop.WaitForSubscriptionsOfAsync(AppIds.Accounts);
        await OpenAsync("ann");
        await OpenAsync("bob");
        await Task.WhenAll(Enumerable.Range(1, 20).Select(i => DepositAsync("ann", $"d{i}", i)));
        await WithdrawAsync("ann", "w1", 10);
        AccountResponse[] expected = [new("ann", Pounds(200), 22), new("bob", Pounds(0), 1)];
        await Eventually.TrueAsync(async () => (await BalancesAsync()).SequenceEqual(expected));

        var dapr = await ClientAsync();
        await dapr.DeleteStateAsync(Stores.Accounts, "balance:ann");
        await dapr.SaveStateAsync(Stores.Accounts, "balance:bob", new AccountResponse("bob", Pounds(77), 1));
        Assert.NotEqual(expected, await BalancesAsync());

        Assert.Equal(new ReplayedBalances(2, 23), await _accounts.PostAsync<ReplayedBalances>("/balances/replay"));
        Assert.Equal(expected, await BalancesAsync());
    }

    [Fact]
    public async Task A_customer_sees_the_own_account_only_and_moves_no_money()
    {
        await OpenAsync("ann");
        await using var ann = _accounts.As(Callers.Customer("ann"));
        await using var bob = _accounts.As(Callers.Customer("bob"));
        await using var staff = _accounts.As(Callers.Staff);

        Assert.Equal(HttpStatusCode.OK, (await ann.Http.GetAsync("/accounts/ann")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await staff.Http.GetAsync("/accounts/ann/history")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await bob.Http.GetAsync("/accounts/ann")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await bob.Http.GetAsync("/accounts/ann/history")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await ann.Http.PostAsJsonAsync("/accounts/ann/deposits", new DepositMoney("d", Pounds(1), "mine"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await bob.Http.PostAsJsonAsync("/accounts/ann/withdrawals", new WithdrawMoney("w", Pounds(1), "his"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await ann.Http.GetAsync("/balances")).StatusCode);
        Assert.Equal(1, (await FindAsync("ann")).Version);
    }

    [Theory]
    [InlineData("", 1, "GBP", "gift", "depositId")]
    [InlineData("d1", 0, "GBP", "gift", "amount.amount")]
    [InlineData("d1", -1, "GBP", "gift", "amount.amount")]
    [InlineData("d1", 0.001, "GBP", "gift", "amount.amount")]
    [InlineData("d1", 1, "XXX", "gift", "amount.currency")]
    [InlineData("d1", 1, "EUR", "gift", "amount.currency")]
    [InlineData("d1", 1, "GBP", "", "reason")]
    public async Task Bad_input_is_refused_by_its_field_and_changes_nothing(string id, decimal amount, string currency, string reason, string field)
    {
        await OpenAsync("ann");

        var problem = await _accounts.RefusedAsync("/accounts/ann/deposits", new DepositMoney(id, new MoneyAmount(amount, currency), reason));

        Assert.Equal(400, problem.Status);
        Assert.Equal([field], problem.Errors!.Keys);
        Assert.Equal(1, (await FindAsync("ann")).Version);
    }

    [Fact]
    public async Task What_was_never_opened_takes_no_money()
    {
        var problem = await _accounts.RefusedAsync("/accounts/nobody/deposits", new DepositMoney("d1", Pounds(1), "gift"));

        Assert.Equal((404, Problems.NotFound), (problem.Status, problem.Code));
        Assert.Equal(HttpStatusCode.NotFound, (await _accounts.Http.GetAsync("/accounts/nobody")).StatusCode);
    }

    private static MoneyAmount Pounds(decimal amount) => new(amount, "GBP");

    private Task<AccountResponse> FindAsync(string customerId) => _accounts.GetAsync<AccountResponse>($"/accounts/{customerId}");

    private async Task OpenAsync(string customerId)
    {
        using var opened = await _accounts.SendAsync(HttpMethod.Put, $"/accounts/{customerId}", new OpenAccount("GBP"));
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
    }

    private Task<AccountResponse> DepositAsync(string customerId, string id, decimal amount, long? expectedVersion = null) =>
        _accounts.PostAsync<AccountResponse>($"/accounts/{customerId}/deposits", new DepositMoney(id, Pounds(amount), "gift", expectedVersion));

    private Task<AccountResponse> WithdrawAsync(string customerId, string id, decimal amount) =>
        _accounts.PostAsync<AccountResponse>($"/accounts/{customerId}/withdrawals", new WithdrawMoney(id, Pounds(amount), "order"));

    private async Task<IReadOnlyList<AccountResponse>> BalancesAsync() => (await _accounts.GetAsync<Page<AccountResponse>>("/balances")).Items;

    private async Task RestartAsync(string snapshotEvery)
    {
        await _accounts.DisposeAsync();
        await StartAsync(("Accounts:SnapshotEvery", snapshotEvery));
    }

    private async Task StartAsync(params (string Name, string Value)[] settings)
    {
        _accounts = _shop.Restart<AccountStream>(AppIds.Accounts, settings);
        await Eventually.TrueAsync(async () => (await _accounts.Http.GetAsync("/accounts/nobody")).StatusCode == HttpStatusCode.NotFound);
    }

    private async Task<DaprClient> ClientAsync()
    {
        var endpoint = _shop.Endpoint(AppIds.Accounts);
        var dapr = new DaprClientBuilder()
            .UseJsonSerializationOptions(ContractsJson.Options)
            .UseHttpEndpoint(endpoint.HttpEndpoint.ToString()).UseGrpcEndpoint($"http://127.0.0.1:{endpoint.GrpcPort}").Build();
        await dapr.WaitForSidecarAsync();
        return dapr;
    }

    private async Task<AccountStream> StreamAsync() => new(new EventingStore(await ClientAsync(), Stores.Accounts, AppIds.Accounts));
}
