using System.Collections.Concurrent;
using DaprShop.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DaprShop.Services.Tests.Payments;

/// <summary>The accounts service as its contract has it, in memory: withdrawals and deposits are applied once by their ids.</summary>
internal sealed class StandInAccounts : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();

    private StandInAccounts(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(json => ContractsJson.Configure(json.SerializerOptions));
        _app = builder.Build();
        _app.Urls.Add($"http://127.0.0.1:{port}");
        _app.MapPost("/accounts/{customerId}/withdrawals", (string customerId, WithdrawMoney request) =>
            Move(customerId, request.WithdrawalId, -request.Amount.Amount));
        _app.MapPost("/accounts/{customerId}/deposits", (string customerId, DepositMoney request) =>
            Move(customerId, request.DepositId, request.Amount.Amount));
    }

    /// <summary>Balances in pounds by customer; who is not in here has no account.</summary>
    public ConcurrentDictionary<string, decimal> Balances { get; } = new();

    /// <summary>What was moved, by id.</summary>
    public ConcurrentDictionary<string, decimal> Moved { get; } = new();

    public static async Task<StandInAccounts> StartAsync(int port)
    {
        var accounts = new StandInAccounts(port);
        await accounts._app.StartAsync();
        return accounts;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Move(string customerId, string id, decimal amount)
    {
        lock (_gate)
        {
            if (!Balances.TryGetValue(customerId, out var balance))
            {
                return Problem(StatusCodes.Status404NotFound, Problems.NotFound);
            }

            if (!Moved.ContainsKey(id))
            {
                if (balance + amount < 0)
                {
                    return Problem(StatusCodes.Status422UnprocessableEntity, Problems.InsufficientFunds);
                }

                Moved[id] = amount;
                Balances[customerId] = balance + amount;
            }

            return TypedResults.Ok(new AccountResponse(customerId, new MoneyAmount(Balances[customerId], "GBP"), Moved.Count));
        }
    }

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult Problem(int status, string code) => TypedResults.Problem(code, statusCode: status, type: Problems.TypeOf(code));
}
