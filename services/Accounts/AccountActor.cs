using Dapr.Actors;
using Dapr.Actors.Runtime;
using DaprShop.Accounts.Domain;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace DaprShop.Accounts;

/// <summary>An account that takes one command at a time; its id is the customer's.</summary>
public interface IAccountActor : IActor
{
    /// <summary>The account as it is now.</summary>
    Task<AccountOutcome> GetAsync();

    Task<AccountOutcome> OpenAsync(OpenAccount command);

    Task<AccountOutcome> DepositAsync(DepositMoney command);

    Task<AccountOutcome> WithdrawAsync(WithdrawMoney command);
}

/// <summary>The account after the command (null when there is none), and why it refused if it did.</summary>
public sealed record AccountOutcome(AccountResponse? Account, AccountRefusal? Refusal, string? Detail);

/// <summary>
/// Holds an account in memory between its commands. Nothing depends on its being the only one: the stream refuses a second event of a
/// version, and then the command is decided on anew. Its actor state is a snapshot, which may be lost.
/// </summary>
internal sealed class AccountActor(ActorHost host, AccountStream stream, IOptions<AccountOptions> options, TimeProvider time)
    : Actor(host), IAccountActor
{
    private const string Snapshot = "snapshot";
    private const int MaxAttempts = 5;

    private Account? _account;

    public async Task<AccountOutcome> GetAsync()
    {
        // Another replica of this actor may have been at work before the placement moved it here.
        _account = await stream.ReplayAsync(await LoadedAsync());
        return Outcome(_account, Decision.Nothing);
    }

    public Task<AccountOutcome> OpenAsync(OpenAccount command) => DecideAsync(account => account.Open(command.Currency, time.GetUtcNow()));

    public Task<AccountOutcome> DepositAsync(DepositMoney command) => DecideAsync(account =>
        account.Deposit(command.DepositId, command.Amount.ToMoney(), command.Reason, command.ExpectedVersion, time.GetUtcNow()));

    public Task<AccountOutcome> WithdrawAsync(WithdrawMoney command) => DecideAsync(account =>
        account.Withdraw(command.WithdrawalId, command.Amount.ToMoney(), command.Reason, command.ExpectedVersion, time.GetUtcNow()));

    private async Task<AccountOutcome> DecideAsync(Func<Account, Decision> decide)
    {
        for (var attempt = 1; ; attempt++)
        {
            var account = await LoadedAsync();
            var decision = decide(account);
            try
            {
                _account = await AppendAsync(account, decision);
                return Outcome(_account, decision);
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                _account = null;
            }
            catch
            {
                // It may have been written all the same: the stream knows.
                _account = null;
                throw;
            }
        }
    }

    private async Task<Account> AppendAsync(Account account, Decision decision)
    {
        if (decision.Event is not { } happened)
        {
            return account;
        }

        await stream.AppendAsync(account.CustomerId, happened);
        account = account.Apply(happened);
        if (account.Version % options.Value.SnapshotEvery == 0)
        {
            await StateManager.SetStateAsync(Snapshot, account);
        }

        return account;
    }

    private async Task<Account> LoadedAsync()
    {
        if (_account is null)
        {
            var snapshot = await StateManager.TryGetStateAsync<Account>(Snapshot);
            _account = await stream.ReplayAsync(snapshot.HasValue ? snapshot.Value : Account.Unopened(Id.GetId()));
        }

        return _account;
    }

    private static AccountOutcome Outcome(Account account, Decision decision) => new(
        account.Balance is { } balance ? new AccountResponse(account.CustomerId, balance.ToContract(), account.Version) : null,
        decision.Refusal,
        decision.Detail);
}
