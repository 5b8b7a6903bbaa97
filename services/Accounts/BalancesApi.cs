using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Accounts;

/// <summary>The routes of the projection: what the shop owes to whom. For staff.</summary>
internal static class BalancesApi
{
    private const int MaxLimit = 200;

    public static void MapBalances(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/balances", ListAsync).ForStaff();
        routes.MapPost("/balances/replay", ReplayAsync).ForStaff();
    }

    /// <summary>The projection follows the accounts' events, which are the only ones that change a balance.</summary>
    public static void MapTopics(this IEndpointRouteBuilder routes) => routes.MapTopic(Topics.Accounts)
        .On<AccountOpened>((CloudEvent<AccountOpened> opened, BalanceProjection balances, CancellationToken cancellationToken) =>
            balances.CatchUpAsync(opened.Data.CustomerId, opened.Data.Version, cancellationToken))
        .On<MoneyDeposited>((CloudEvent<MoneyDeposited> deposited, BalanceProjection balances, CancellationToken cancellationToken) =>
            balances.CatchUpAsync(deposited.Data.CustomerId, deposited.Data.Version, cancellationToken))
        .On<MoneyWithdrawn>((CloudEvent<MoneyWithdrawn> withdrawn, BalanceProjection balances, CancellationToken cancellationToken) =>
            balances.CatchUpAsync(withdrawn.Data.CustomerId, withdrawn.Data.Version, cancellationToken));

    private static async Task<Ok<Page<AccountResponse>>> ListAsync(
        string? after, int? limit, BalanceProjection balances, CancellationToken cancellationToken)
    {
        var count = limit ?? 50;
        if (count is < 1 or > MaxLimit)
        {
            throw new InvalidInputException("limit", $"is 1 to {MaxLimit}");
        }

        return TypedResults.Ok(await balances.ListAsync(after, count, cancellationToken));
    }

    private static async Task<Ok<ReplayedBalances>> ReplayAsync(BalanceProjection balances, CancellationToken cancellationToken) =>
        TypedResults.Ok(await balances.ReplayAsync(cancellationToken));
}
