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
        routes.MapPost(Path, RequestAsync).ForStaff();
        routes.MapGet(Path, Show).ForStaff();
    }

    private static async Task<Accepted<RebuildResponse>> RequestAsync(Rebuilder rebuilder, CancellationToken cancellationToken) =>
        TypedResults.Accepted(Path, await rebuilder.RequestAsync(cancellationToken));

    private static Results<Ok<RebuildResponse>, ProblemHttpResult> Show(Rebuilder rebuilder) =>
        rebuilder.Last() is { } last ? TypedResults.Ok(last) : ShopResults.NotFound("There was no rebuild yet");
}
