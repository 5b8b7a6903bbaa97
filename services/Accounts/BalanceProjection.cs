using DaprShop.Accounts.Domain;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Accounts;

/// <summary>
/// The read model (CQRS): each account's balance, by customer. An event only says that there is something new; what is taken in is what
/// follows the projected version in the stream, so events may come twice, late and in any order.
/// </summary>
internal sealed class BalanceProjection(AccountStream stream, KeyIndex index, EventingStore store)
{
    private const int MaxAttempts = 20;
    private const int PageSize = 100;

    /// <summary>Brings the balance of a customer to this version of the account, or a later one.</summary>
    public Task CatchUpAsync(string customerId, long version, CancellationToken cancellationToken) => ProjectAsync(
        customerId,
        async known => known?.Version >= version ? known : await ReadOnAsync(customerId, known, cancellationToken),
        cancellationToken);

    /// <summary>A page of the balances by customer id, and the token of the next.</summary>
    public async Task<Page<AccountResponse>> ListAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        var ids = await index.ListAsync(after, limit + 1, cancellationToken);
        var page = ids.Take(limit).ToList();
        var balances = await store.FindManyAsync<AccountResponse>([.. page.Select(Key)], cancellationToken);
        return new Page<AccountResponse>(
            [.. balances.OrderBy(balance => balance.CustomerId, StringComparer.Ordinal)], ids.Count > limit ? page[^1] : null);
    }

    /// <summary>Builds every balance again from the account's first event; those that are not reached yet are served as they were.</summary>
    public async Task<ReplayedBalances> ReplayAsync(CancellationToken cancellationToken)
    {
        var (accounts, events) = (0, 0L);
        string? after = null;
        do
        {
            var ids = await index.ListAsync(after, PageSize, cancellationToken);
            foreach (var id in ids)
            {
                if (await ProjectAsync(id, _ => ReadOnAsync(id, known: null, cancellationToken), cancellationToken) is { } balance)
                {
                    accounts++;
                    events += balance.Version;
                }
            }

            after = ids.Count == PageSize ? ids[^1] : null;
        }
        while (after is not null);
        return new ReplayedBalances(accounts, events);
    }

    private async Task<AccountResponse?> ProjectAsync(
        string customerId, Func<AccountResponse?, Task<AccountResponse?>> project, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var stored = await store.FindAsync<AccountResponse>(Key(customerId), cancellationToken);
            var projected = await project(stored?.Value);
            if (projected is null || projected == stored?.Value)
            {
                return projected;
            }

            try
            {
                await store.SaveQuietlyAsync(Key(customerId), projected, stored?.ETag, cancellationToken);
                return projected;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Another event of the account is being projected: what it has taken in need not be taken in again.
            }
        }
    }

    private async Task<AccountResponse?> ReadOnAsync(string customerId, AccountResponse? known, CancellationToken cancellationToken)
    {
        var balance = known;
        while (true)
        {
            var events = await stream.ReadAsync(customerId, balance?.Version ?? 0, PageSize, cancellationToken);
            balance = events.Aggregate(balance, (before, happened) => After(customerId, before, happened));
            if (events.Count < PageSize)
            {
                return balance;
            }
        }
    }

    private static AccountResponse After(string customerId, AccountResponse? before, AccountEvent happened) => happened switch
    {
        AccountCreated created => new AccountResponse(customerId, Money.Zero(created.Currency).ToContract(), created.Version),
        Deposited deposited => new AccountResponse(customerId, (before!.Balance.ToMoney() + deposited.Amount).ToContract(), deposited.Version),
        Withdrawn withdrawn => new AccountResponse(customerId, (before!.Balance.ToMoney() - withdrawn.Amount).ToContract(), withdrawn.Version),
        _ => throw new InvalidOperationException($"{happened.GetType().Name} is no event of an account"),
    };

    private static string Key(string customerId) => $"balance:{customerId}";
}
