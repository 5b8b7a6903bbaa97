using System.Collections.Immutable;
using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Accounts.Domain;

/// <summary>
/// A customer's store credit, as its events tell it (event sourcing): <see cref="Apply"/> takes in what happened, the other methods decide
/// what is to happen and change nothing.
/// </summary>
/// <param name="CustomerId">Whose it is; also the id of the account.</param>
/// <param name="Version">How many events it has had; 0: it was never opened.</param>
/// <param name="Balance">What is there; null before it was opened.</param>
/// <param name="Movements">The references of its deposits and withdrawals, signed amounts, so that each is applied once.</param>
public sealed record Account(string CustomerId, long Version, Money? Balance, ImmutableDictionary<string, decimal> Movements)
{
    /// <summary>An account that nobody has opened.</summary>
    public static Account Unopened(string customerId) => new(customerId, 0, null, ImmutableDictionary<string, decimal>.Empty);

    /// <summary>The account after the event.</summary>
    /// <exception cref="InvalidOperationException">It is not the next one: an event is missing, or comes twice.</exception>
    public Account Apply(AccountEvent happened) => happened.Version != Version + 1
        ? throw new InvalidOperationException($"Event {happened.Version} cannot follow version {Version} of account {CustomerId}")
        : happened switch
        {
            AccountCreated created => this with { Version = created.Version, Balance = Money.Zero(created.Currency) },
            Deposited deposited => Moved(deposited, deposited.Reference, deposited.Balance, deposited.Amount.Amount),
            Withdrawn withdrawn => Moved(withdrawn, withdrawn.Reference, withdrawn.Balance, -withdrawn.Amount.Amount),
            _ => throw new InvalidOperationException($"{happened.GetType().Name} is no event of an account"),
        };

    /// <summary>Opens it; nothing is to happen when it is open in this currency.</summary>
    public Decision Open(string currency, DateTimeOffset now) => Balance switch
    {
        null when !Currency.IsKnown(currency) => throw new DomainException(DomainErrors.Invalid, $"'{currency}' is not an ISO 4217 currency", "currency"),
        null => Decision.Happens(new AccountCreated(1, CustomerId, currency, now)),
        { Currency: var known } when known == currency => Decision.Nothing,
        { Currency: var known } => Decision.Refuses(AccountRefusal.Reused, $"The account is held in {known}"),
    };

    /// <summary>Takes money in, once for each deposit id.</summary>
    public Decision Deposit(string depositId, Money amount, string reason, long? expectedVersion, DateTimeOffset now) =>
        Move(depositId, amount, amount.Amount, expectedVersion)
        ?? Decision.Happens(new Deposited(Version + 1, depositId, amount, Balance! + amount, reason, now));

    /// <summary>Pays money out, once for each withdrawal id, never more than is there.</summary>
    public Decision Withdraw(string withdrawalId, Money amount, string reason, long? expectedVersion, DateTimeOffset now) =>
        Move(withdrawalId, amount, -amount.Amount, expectedVersion)
        ?? (Balance! < amount
            ? Decision.Refuses(AccountRefusal.InsufficientFunds, $"There are {Balance} in the account, {amount} are wanted")
            : Decision.Happens(new Withdrawn(Version + 1, withdrawalId, amount, Balance! - amount, reason, now)));

    // What deposits and withdrawals have in common; null when the movement may be decided on.
    private Decision? Move(string reference, Money amount, decimal signed, long? expectedVersion)
    {
        if (Balance is null)
        {
            return Decision.Refuses(AccountRefusal.Unopened, $"Customer {CustomerId} has no account");
        }

        if (amount.Currency != Balance.Currency)
        {
            return Decision.Refuses(AccountRefusal.OtherCurrency, $"The account is held in {Balance.Currency}");
        }

        // Before the version is looked at: a repeated request expects the version that it changed itself.
        if (Movements.TryGetValue(reference, out var known))
        {
            return known == signed ? Decision.Nothing : Decision.Refuses(AccountRefusal.Reused, $"{reference} was another movement of the account");
        }

        return expectedVersion is { } expected && expected != Version
            ? Decision.Refuses(AccountRefusal.OtherVersion, $"The account is at version {Version}, not {expected}")
            : null;
    }

    private Account Moved(AccountEvent happened, string reference, Money balance, decimal signed) =>
        this with { Version = happened.Version, Balance = balance, Movements = Movements.Add(reference, signed) };
}
