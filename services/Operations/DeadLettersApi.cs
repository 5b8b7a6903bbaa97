using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Operations;

/// <summary>Where dead letters come in, and the routes to look at them, replay them and discard them. For staff.</summary>
internal static class DeadLettersApi
{
    private const int MaxLimit = 500;

    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        foreach (var topic in Topics.All)
        {
            routes.MapDeadLetters(topic, (JsonElement received, DeadLetterBox letters, CancellationToken cancellationToken) =>
                letters.KeepAsync(topic, received, cancellationToken));
        }

        var group = routes.MapGroup("/dead-letters").ForStaff();
        group.MapGet("/", ListAsync);
        group.MapGet("/{id}", FindAsync);
        group.MapPost("/replay", ReplayAllAsync);
        group.MapPost("/{id}/replay", ReplayAsync);
        group.MapDelete("/{id}", DiscardAsync);
    }

    private static async Task<Ok<DeadLetters>> ListAsync(
        string? topic, int? limit, DeadLetterBox letters, CancellationToken cancellationToken)
    {
        var count = limit ?? 50;
        var errors = new InputErrors();
        errors.Check(topic is null || Topics.All.Contains(topic), "topic", $"is one of {string.Join(", ", Topics.All)}");
        errors.Check(count is >= 1 and <= MaxLimit, "limit", $"is 1 to {MaxLimit}");
        errors.ThrowIfAny();

        return TypedResults.Ok(new DeadLetters(await letters.ListAsync(topic, count, cancellationToken)));
    }

    private static async Task<Results<Ok<DeadLetter>, ProblemHttpResult>> FindAsync(
        string id, DeadLetterBox letters, CancellationToken cancellationToken) =>
        await letters.FindAsync(id, cancellationToken) is { } letter ? TypedResults.Ok(letter) : NoSuchLetter(id);

    private static async Task<Results<Ok<DeadLetter>, ProblemHttpResult>> ReplayAsync(
        string id, DeadLetterBox letters, CancellationToken cancellationToken) =>
        await letters.ReplayAsync(id, cancellationToken) is { } letter ? TypedResults.Ok(letter) : NoSuchLetter(id);

    private static async Task<Ok<ReplayedDeadLetters>> ReplayAllAsync(DeadLetterBox letters, CancellationToken cancellationToken)
    {
        var waiting = (await letters.ListAsync(topic: null, MaxLimit, cancellationToken)).Where(letter => letter.IsWaiting).ToList();
        foreach (var letter in waiting)
        {
            await letters.ReplayAsync(letter.Id, cancellationToken);
        }

        return TypedResults.Ok(new ReplayedDeadLetters(waiting.Count));
    }

    private static async Task<NoContent> DiscardAsync(string id, DeadLetterBox letters, CancellationToken cancellationToken)
    {
        await letters.DiscardAsync(id, cancellationToken);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult NoSuchLetter(string id) => ShopResults.NotFound($"There is no dead letter {id}");
}
