using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Search.Rebuilding;

/// <summary>For staff: make the read model anew, and see how far that is.</summary>
internal static class RebuildApi
{
    private const string Path = "/search/rebuild";

    public static void MapRebuild(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, Request);
        routes.MapGet(Path, Show);
    }

    private static async Task<Results<Accepted<RebuildResponse>, ProblemHttpResult>> Request(
        Caller caller, Rebuilder rebuilder, CancellationToken cancellationToken) =>
        caller.MayOperate ? TypedResults.Accepted(Path, await rebuilder.RequestAsync(cancellationToken)) : Forbidden();

    private static Results<Ok<RebuildResponse>, ProblemHttpResult> Show(Caller caller, Rebuilder rebuilder) =>
        !caller.MayOperate ? Forbidden()
        : rebuilder.Last() is { } last ? TypedResults.Ok(last)
        : ShopResults.NotFound("There was no rebuild yet");

    private static ProblemHttpResult Forbidden() => TypedResults.Problem(
        "Only those who work for the shop may do this", statusCode: StatusCodes.Status403Forbidden, type: Problems.TypeOf(Problems.Forbidden));
}
