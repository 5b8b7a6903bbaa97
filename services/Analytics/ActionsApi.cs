using System.Text.Json;
using DaprShop.Analytics.Domain;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Analytics;

/// <summary>POST /actions: what signed-in users do, told by their pages, by staff, or by a service that names the user.</summary>
internal static class ActionsApi
{
    private const int MaxActions = 100;
    private const int MaxFields = 20;
    private const int MaxFieldName = 64;
    private const int MaxFieldValue = 256;

    // The clocks of clients are not the shop's.
    private static readonly TimeSpan s_ahead = TimeSpan.FromMinutes(5);

    public static void MapActions(this IEndpointRouteBuilder routes) => routes.MapPost("/actions", RecordAsync);

    private static async Task<Results<Ok<RecordedActions>, ProblemHttpResult>> RecordAsync(
        RecordActions request, Caller caller, SeriesStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        if (caller is { UserId: null, IsService: false })
        {
            return ShopResults.Unauthorized("Only what signed-in users do is recorded");
        }

        var actions = Read(request, caller, time.GetUtcNow());
        return TypedResults.Ok(new RecordedActions(await store.RecordAsync(actions, cancellationToken)));
    }

    private static List<UserAction> Read(RecordActions request, Caller caller, DateTimeOffset now)
    {
        var errors = new InputErrors();
        if (errors.Check(request.Actions is { Count: >= 1 and <= MaxActions }, "actions", $"has 1 to {MaxActions} entries"))
        {
            for (var i = 0; i < request.Actions!.Count; i++)
            {
                Check(request.Actions[i], $"actions[{i}]", caller, now, errors);
            }
        }

        errors.ThrowIfAny();
        return [.. request.Actions!.Select(action => ToRow(action, caller, now))];
    }

    private static void Check(RecordAction? action, string path, Caller caller, DateTimeOffset now, InputErrors errors)
    {
        if (action is null)
        {
            errors.Add(path, "is required");
            return;
        }

        if (errors.Check(ActionNames.IsName(action.Action), $"{path}.action", ActionNames.Rule))
        {
            errors.Check(!ActionNames.IsOfAnEvent(action.Action), $"{path}.action", "is told by the shop itself");
        }

        errors.Check(action.Id is null || Identifiers.IsId(action.Id), $"{path}.id", Identifiers.IdRule);
        if (errors.Check(Identifiers.IsId(action.UserId ?? caller.UserId), $"{path}.userId", Identifiers.IdRule))
        {
            errors.Check(caller.MayActFor(action.UserId ?? caller.UserId), $"{path}.userId", "is another user's");
        }

        errors.Check(action.At is null || (action.At >= DateTimeOffset.UnixEpoch && action.At <= now + s_ahead), $"{path}.at", "is in the past");
        CheckFields(action.Fields ?? [], $"{path}.fields", errors);
    }

    private static void CheckFields(Dictionary<string, string> fields, string path, InputErrors errors)
    {
        errors.Check(fields.Count <= MaxFields, path, $"has more than {MaxFields} entries");
        errors.Check(fields.Keys.All(name => name.Length is > 0 and <= MaxFieldName), path, $"has names of 1 to {MaxFieldName} characters");
        errors.Check(
            fields.Values.All(value => value is { Length: <= MaxFieldValue }), path, $"has texts of at most {MaxFieldValue} characters as values");
    }

    // An action without an id is a new one each time it comes.
    private static UserAction ToRow(RecordAction action, Caller caller, DateTimeOffset now)
    {
        var userId = action.UserId ?? caller.UserId!;
        return new UserAction(
            action.Id ?? Guid.CreateVersion7().ToString(),
            $"actions/{userId}",
            userId,
            action.Action,
            JsonSerializer.Serialize(action.Fields ?? []),
            (action.At ?? now).ToUnixTimeMilliseconds());
    }
}
