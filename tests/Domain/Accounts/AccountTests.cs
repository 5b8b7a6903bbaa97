using DaprShop.Accounts.Domain;
using DaprShop.Domain;

namespace DaprShop.Domain.Tests.Accounts;

public sealed class AccountTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Opening_is_the_first_event()
    {
        Assert.Equal(new AccountCreated(1, "ann", "GBP", s_now), Account.Unopened("ann").Open("GBP", s_now).Event);
    }

    [Fact]
    public void Opening_again_changes_nothing_and_another_currency_is_refused()
    {
        var account = Given();

        Assert.Equal(Decision.Nothing, account.Open("GBP", s_now));
        Assert.Equal(AccountRefusal.Reused, account.Open("EUR", s_now).Refusal);
    }

    [Fact]
    public void A_deposit_says_what_is_there_afterwards()
    {
        var account = Given(Deposited(2, "d1", 10, balance: 10));

        Assert.Equal(Deposited(3, "d2", 2.50m, balance: 12.50m), account.Deposit("d2", Pounds(2.50m), "gift", null, s_now).Event);
    }

    [Fact]
    public void A_movement_is_applied_once_by_its_id()
    {
        var account = Given(Deposited(2, "m1", 10, balance: 10));

        Assert.Equal(Decision.Nothing, account.Deposit("m1", Pounds(10), "gift", expectedVersion: 1, s_now));
        Assert.Equal(AccountRefusal.Reused, account.Deposit("m1", Pounds(9), "gift", null, s_now).Refusal);
        Assert.Equal(AccountRefusal.Reused, account.Withdraw("m1", Pounds(10), "order", null, s_now).Refusal);
    }

    [Fact]
    public void A_withdrawal_takes_the_last_penny_and_not_one_more()
    {
        var account = Given(Deposited(2, "d1", 10, balance: 10));

        Assert.Equal(AccountRefusal.InsufficientFunds, account.Withdraw("w1", Pounds(10.01m), "order", null, s_now).Refusal);
        Assert.Equal(Pounds(0), ((Withdrawn)account.Withdraw("w1", Pounds(10), "order", null, s_now).Event!).Balance);
    }

    [Fact]
    public void Another_version_than_the_expected_one_is_refused()
    {
        var account = Given(Deposited(2, "d1", 10, balance: 10));

        Assert.Equal(AccountRefusal.OtherVersion, account.Withdraw("w1", Pounds(1), "order", expectedVersion: 1, s_now).Refusal);
        Assert.NotNull(account.Withdraw("w1", Pounds(1), "order", expectedVersion: 2, s_now).Event);
    }

    [Fact]
    public void Another_currency_and_an_account_that_is_not_open_are_refused()
    {
        Assert.Equal(AccountRefusal.OtherCurrency, Given().Deposit("d1", new Money(1, "EUR"), "gift", null, s_now).Refusal);
        Assert.Equal(AccountRefusal.Unopened, Account.Unopened("ann").Deposit("d1", Pounds(1), "gift", null, s_now).Refusal);
    }

    [Fact]
    public void Events_are_taken_in_one_after_the_other()
    {
        var account = Given(Deposited(2, "d1", 10, balance: 10), new Withdrawn(3, "w1", Pounds(4), Pounds(6), "order", s_now));

        Assert.Equal((3, Pounds(6)), (account.Version, account.Balance));
        Assert.Throws<InvalidOperationException>(() => account.Apply(Deposited(5, "d2", 1, balance: 7)));
        Assert.Throws<InvalidOperationException>(() => account.Apply(Deposited(3, "d2", 1, balance: 7)));
    }

    private static Money Pounds(decimal amount) => new(amount, "GBP");

    private static Deposited Deposited(long version, string id, decimal amount, decimal balance) =>
        new(version, id, Pounds(amount), Pounds(balance), "gift", s_now);

    private static Account Given(params AccountEvent[] events) =>
        events.Prepend(new AccountCreated(1, "ann", "GBP", s_now)).Aggregate(Account.Unopened("ann"), (account, happened) => account.Apply(happened));
}
