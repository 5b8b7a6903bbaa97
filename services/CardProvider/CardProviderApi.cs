using DaprShop.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace DaprShop.CardProvider;

/// <summary>The card company's HTTP API.</summary>
internal static class CardProviderApi
{
    /// <summary>Longer than any client waits: a "timeout" is an answer that comes too late, not a charge that was not made.</summary>
    private static readonly TimeSpan DefaultHold = TimeSpan.FromSeconds(10);

    private const int MaxFault = 60_000;

    public static void MapCardProvider(this IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("/charges").AddEndpointFilter(FailAsync);
        calls.MapPost("/", Charge);
        calls.MapPost("/{chargeId}/refunds", Refund);
        routes.MapGet("/faults", (FaultSwitch faults) => TypedResults.Ok(faults.Current));
        routes.MapPut("/faults", SetFaults);
        routes.MapGet("/ledger", (Ledger ledger) => TypedResults.Ok(ledger.Totals()));
    }

    private static async ValueTask<object?> FailAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var (services, aborted) = (context.HttpContext.RequestServices, context.HttpContext.RequestAborted);
        var faults = services.GetRequiredService<FaultSwitch>();
        if (faults.NextFailure() is { } status)
        {
            return TypedResults.Problem(statusCode: status);
        }

        // Slow is the answer, not what it is about: that is done whether or not somebody still waits.
        var answer = await next(context);
        if (faults.Current.SlowMilliseconds is var slow and > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(slow), services.GetRequiredService<TimeProvider>(), aborted);
        }

        return answer;
    }

    private static async Task<Results<Ok<CardAnswer>, ValidationProblem, ProblemHttpResult>> Charge(
        [FromHeader(Name = "Idempotency-Key")] string? key,
        CardCharge charge,
        Ledger ledger,
        TimeProvider time,
        IConfiguration configuration,
        CancellationToken cancellationToken)
    {
        if (Check(key, charge.Amount, charge.Token, charge.Reference) is { Count: > 0 } errors)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var entry = ledger.Charge(key!, charge);
        if (entry is null)
        {
            return KeyReused();
        }

        if (entry.AnswersLate)
        {
            var hold = configuration.GetValue<double?>("CARDPROVIDER_HOLD_SECONDS") is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultHold;
            await Task.Delay(hold, time, cancellationToken);
        }

        return TypedResults.Ok(entry.Answer);
    }

    private static Results<Ok<CardAnswer>, ValidationProblem, ProblemHttpResult> Refund(
        string chargeId, [FromHeader(Name = "Idempotency-Key")] string? key, CardRefund refund, Ledger ledger)
    {
        if (Check(key, refund.Amount, chargeId, chargeId) is { Count: > 0 } errors)
        {
            return TypedResults.ValidationProblem(errors);
        }

        return ledger.Refund(key!, chargeId, refund.Amount) is { } answer ? TypedResults.Ok(answer) : KeyReused();
    }

    private static Results<Ok<CardFaults>, ValidationProblem> SetFaults(CardFaults faults, FaultSwitch current)
    {
        var errors = new Dictionary<string, string[]>();
        foreach (var (name, percent) in new[] { ("declinePercent", faults.DeclinePercent), ("timeoutPercent", faults.TimeoutPercent) })
        {
            if (percent is not (>= 0 and <= 100))
            {
                errors[name] = ["A percentage from 0 to 100."];
            }
        }

        foreach (var (name, number) in new[] { ("slowMilliseconds", faults.SlowMilliseconds), ("errorBurst", faults.ErrorBurst) })
        {
            if (number is < 0 or > MaxFault)
            {
                errors[name] = [$"A number from 0 to {MaxFault}."];
            }
        }

        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        current.Current = faults;
        return TypedResults.Ok(faults);
    }

    private static Dictionary<string, string[]> Check(string? key, MoneyAmount? amount, string? token, string? reference)
    {
        var errors = new Dictionary<string, string[]>();
        Require(!string.IsNullOrWhiteSpace(key), "Idempotency-Key", "The header is required.");
        Require(amount is { Amount: > 0, Currency.Length: 3 }, "amount", "A positive amount with a currency.");
        Require(!string.IsNullOrWhiteSpace(token), "token", "Required.");
        Require(!string.IsNullOrWhiteSpace(reference), "reference", "Required.");
        return errors;

        void Require(bool holds, string field, string message)
        {
            if (!holds)
            {
                errors[field] = [message];
            }
        }
    }

    private static ProblemHttpResult KeyReused() => TypedResults.Problem(
        statusCode: StatusCodes.Status409Conflict,
        type: Problems.TypeOf(Problems.IdempotencyKeyReused),
        title: "The idempotency key was used for another request.");
}
