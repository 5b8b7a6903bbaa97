using DaprShop.Contracts;
using DaprShop.Identity.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Identity.Keys;

internal static class KeysApi
{
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        routes.MapGet($"/{Tokens.KeySetPath}", GetKeySetAsync);
        routes.MapPost("/keys/rotation", RotateAsync);
    }

    private static async Task<Ok<KeySetResponse>> GetKeySetAsync(SigningKeys keys, CancellationToken cancellationToken) =>
        TypedResults.Ok(new KeySetResponse([.. (await keys.PublishedAsync(cancellationToken)).Select(Public)]));

    private static async Task<Results<Ok<PublicKeyResponse>, ProblemHttpResult>> RotateAsync(
        Caller caller, SigningKeys keys, CancellationToken cancellationToken) =>
        caller.MayOperate
            ? TypedResults.Ok(Public(await keys.RotateAsync(cancellationToken)))
            : ShopResults.Forbidden("Only those who work for the shop may rotate its keys");

    private static PublicKeyResponse Public(SigningKey key) => new("EC", "P-256", "sig", "ES256", key.Id, key.X, key.Y);
}
