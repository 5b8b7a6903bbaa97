using Dapr;
using Dapr.Actors;
using Dapr.Actors.Client;
using DaprShop.Accounts.Domain;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Accounts;

/// <summary>The routes of one account. Its owner sees it; money is moved by the other services and by staff.</summary>
internal static class AccountsApi
{
    private const int MaxHistory = 200;

    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        var account = routes.MapGroup("/accounts/{customerId}");
        account.MapGet("/", FindAsync);
        account.MapPut("/", OpenAsync);
        account.MapPost("/deposits", DepositAsync);
        account.MapPost("/withdrawals", WithdrawAsync);
        account.MapGet("/history", HistoryAsync);
    }

    private static async Task<Results<Ok<AccountResponse>, ProblemHttpResult>> FindAsync(string customerId, Caller caller, IActorProxyFactory actors) =>
        caller.MayActFor(customerId) && Identifiers.IsId(customerId)
            ? Answer(await CallAsync(actors, customerId, account => account.GetAsync()), customerId)
            : NoAccount(customerId);

    private static async Task<Results<Ok<AccountResponse>, ProblemHttpResult>> OpenAsync(
        string customerId, OpenAccount command, Caller caller, KeyIndex index, IActorProxyFactory actors, CancellationToken cancellationToken)
    {
        if (!caller.MayActFor(customerId))
        {
            return NoAccount(customerId);
        }

        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(customerId), "customerId", Identifiers.IdRule);
        errors.Check(Currency.IsKnown(command.Currency), "currency", "is no ISO 4217 currency");
        errors.ThrowIfAny();

        // The index comes first: an entry without an account is passed over, an account without an entry would be in no list.
        await index.AddAsync(customerId, cancellationToken);
        return Answer(await CallAsync(actors, customerId, account => account.OpenAsync(command)), customerId);
    }

    private static Task<Results<Ok<AccountResponse>, ProblemHttpResult>> DepositAsync(
        string customerId, DepositMoney command, Caller caller, IActorProxyFactory actors) =>
        MoveAsync(customerId, "depositId", command.DepositId, command.Amount, command.Reason, caller, actors, account => account.DepositAsync(command));

    private static Task<Results<Ok<AccountResponse>, ProblemHttpResult>> WithdrawAsync(
        string customerId, WithdrawMoney command, Caller caller, IActorProxyFactory actors) => MoveAsync(
            customerId, "withdrawalId", command.WithdrawalId, command.Amount, command.Reason, caller, actors, account => account.WithdrawAsync(command));

    private static async Task<Results<Ok<Page<AccountEntry>>, ProblemHttpResult>> HistoryAsync(
        string customerId, long? after, int? limit, Caller caller, AccountStream stream, CancellationToken cancellationToken)
    {
        if (!caller.MayActFor(customerId))
        {
            return NoAccount(customerId);
        }

        var (from, count) = (after ?? 0, limit ?? 50);
        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(customerId), "customerId", Identifiers.IdRule);
        errors.Check(from >= 0, "after", "is a version of the account");
        errors.Check(count is >= 1 and <= MaxHistory, "limit", $"is 1 to {MaxHistory}");
        errors.ThrowIfAny();

        var events = await stream.ReadAsync(customerId, from, count + 1, cancellationToken);
        if (events.Count == 0 && from == 0)
        {
            return NoAccount(customerId);
        }

        var page = events.Take(count).Select(ToEntry).ToList();
        return TypedResults.Ok(new Page<AccountEntry>(page, events.Count > count ? $"{page[^1].Version}" : null));
    }

    private static async Task<Results<Ok<AccountResponse>, ProblemHttpResult>> MoveAsync(
        string customerId,
        string idField,
        string? id,
        MoneyAmount? amount,
        string? reason,
        Caller caller,
        IActorProxyFactory actors,
        Func<IAccountActor, Task<AccountOutcome>> move)
    {
        if (!caller.MayOperate)
        {
            return caller.MayActFor(customerId) ? ShopResults.Forbidden("The shop moves the money, not its customers") : NoAccount(customerId);
        }

        var errors = new InputErrors();
        errors.Check(Identifiers.IsId(customerId), "customerId", Identifiers.IdRule);
        errors.Check(Identifiers.IsId(id), idField, Identifiers.IdRule);
        errors.CheckText(reason, "reason", maxLength: 200);
        if (errors.Check(amount is not null, "amount", "is required") && errors.Try("amount", () => amount!.ToMoney()) is { } money)
        {
            errors.Check(money.Amount > 0, "amount.amount", "is above zero");
            errors.Check(money.Amount == amount!.Amount, "amount.amount", $"has more decimals than {money.Currency}");
        }

        errors.ThrowIfAny();
        return Answer(await CallAsync(actors, customerId, move), customerId);
    }

    private static async Task<AccountOutcome> CallAsync(
        IActorProxyFactory actors, string customerId, Func<IAccountActor, Task<AccountOutcome>> call)
    {
        try
        {
            return await call(actors.Of(customerId));
        }
        catch (Exception failure) when (failure is HttpRequestException or DaprException or ActorMethodInvocationException or OperationCanceledException)
        {
            throw new DependencyUnavailableException(nameof(AccountActor), failure.Message, failure);
        }
    }

    private static Results<Ok<AccountResponse>, ProblemHttpResult> Answer(AccountOutcome outcome, string customerId) => outcome switch
    {
        { Refusal: AccountRefusal.InsufficientFunds } => ShopResults.Refused(Problems.InsufficientFunds, outcome.Detail!),
        { Refusal: AccountRefusal.OtherVersion } => ShopResults.Conflict(Problems.VersionConflict, outcome.Detail!),
        { Refusal: AccountRefusal.Reused } => ShopResults.Conflict(Problems.IdempotencyKeyReused, outcome.Detail!),
        { Refusal: AccountRefusal.OtherCurrency } => throw new InvalidInputException("amount.currency", outcome.Detail!),
        { Account: { } account, Refusal: null } => TypedResults.Ok(account),
        _ => NoAccount(customerId),
    };

    private static AccountEntry ToEntry(AccountEvent happened) => happened switch
    {
        AccountCreated created => new(1, "created", null, Money.Zero(created.Currency).ToContract(), null, null, created.At),
        Deposited { Version: var version } deposited => new(
            version, "deposited", deposited.Amount.ToContract(), deposited.Balance.ToContract(), deposited.Reference, deposited.Reason, deposited.At),
        Withdrawn { Version: var version } withdrawn => new(
            version, "withdrawn", withdrawn.Amount.ToContract(), withdrawn.Balance.ToContract(), withdrawn.Reference, withdrawn.Reason, withdrawn.At),
        _ => throw new InvalidOperationException($"{happened.GetType().Name} is no event of an account"),
    };

    private static ProblemHttpResult NoAccount(string customerId) => ShopResults.NotFound($"Customer {customerId} has no account");
}
