using DaprShop.Accounts.Domain;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Accounts;

/// <summary>
/// The event store: one value an event, its version in the key. To append is to write a key that must be new, so of two writers that expect
/// the same version one is first and the other hears of it; and the outbox publishes each event with the write.
/// </summary>
public sealed class AccountStream(EventingStore store)
{
    private const int PageSize = 100;

    /// <summary>Appends the event behind the version that it follows.</summary>
    /// <exception cref="StateConflictException">There is another event of that version; nothing was written.</exception>
    public Task AppendAsync(string customerId, AccountEvent happened, CancellationToken cancellationToken = default) =>
        store.SaveAsync(Key(customerId, happened.Version), happened, etag: null, ToContract(customerId, happened), cancellationToken);

    /// <summary>The account as its events tell it, from the snapshot on.</summary>
    public async Task<Account> ReplayAsync(Account snapshot, CancellationToken cancellationToken = default)
    {
        var account = snapshot;
        while (true)
        {
            var events = await ReadAsync(account.CustomerId, account.Version, PageSize, cancellationToken);
            account = events.Aggregate(account, (state, happened) => state.Apply(happened));
            if (events.Count < PageSize)
            {
                return account;
            }
        }
    }

    /// <summary>The events behind a version, in their order; fewer than <paramref name="count"/> when there are no more.</summary>
    public async Task<IReadOnlyList<AccountEvent>> ReadAsync(string customerId, long after, int count, CancellationToken cancellationToken = default)
    {
        var keys = Enumerable.Range(1, count).Select(i => Key(customerId, after + i)).ToList();
        var events = await store.FindManyAsync<AccountEvent>(keys, cancellationToken);
        return [.. events.OrderBy(happened => happened.Version)];
    }

    private static string Key(string customerId, long version) => $"event:{customerId}:{version}";

    private static DomainEvent ToContract(string customerId, AccountEvent happened) => happened switch
    {
        AccountCreated created => new AccountOpened(customerId, created.Currency, created.Version, created.At),
        Deposited deposited => new MoneyDeposited(
            customerId, deposited.Reference, deposited.Amount.ToContract(), deposited.Balance.ToContract(), deposited.Reason, deposited.Version, deposited.At),
        Withdrawn withdrawn => new MoneyWithdrawn(
            customerId, withdrawn.Reference, withdrawn.Amount.ToContract(), withdrawn.Balance.ToContract(), withdrawn.Reason, withdrawn.Version, withdrawn.At),
        _ => throw new InvalidOperationException($"{happened.GetType().Name} is no event of an account"),
    };
}
