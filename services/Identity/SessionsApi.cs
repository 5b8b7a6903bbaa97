using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Identity;

internal static class SessionsApi
{
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/sessions").AddEndpointFilter(KeepOutOfCachesAsync);
        sessions.MapPost("/", LogInAsync);
        sessions.MapPost("/refresh", RefreshAsync);
        sessions.MapPost("/revocation", LogOutAsync);
    }

    private static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> LogInAsync(
        LogIn request, SignIn signIn, HttpResponse response, CancellationToken cancellationToken)
    {
        var outcome = await signIn.LogInAsync(request, cancellationToken);
        if (outcome.LockedFor is { } time)
        {
            response.Headers.RetryAfter = $"{(int)Math.Ceiling(time.TotalSeconds)}";
            return ShopResults.TooManyRequests("Too many log-ins with this e-mail address have failed");
        }

        return outcome.Session is { } session ? TypedResults.Ok(session)
            : outcome.IsVerified ? ShopResults.Unauthorized("The e-mail address or the password is wrong")
            : ShopResults.Forbidden("The e-mail address is not verified yet", Problems.EmailNotVerified);
    }

    private static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> RefreshAsync(
        RefreshSession request, SignIn signIn, CancellationToken cancellationToken) =>
        await signIn.RefreshAsync(request.RefreshToken, cancellationToken) is { } session
            ? TypedResults.Ok(session)
            : ShopResults.Unauthorized("The refresh token is wrong, was used before, or has expired: log in again");

    private static async Task<NoContent> LogOutAsync(RefreshSession request, SignIn signIn, CancellationToken cancellationToken)
    {
        await signIn.LogOutAsync(request.RefreshToken, cancellationToken);
        return TypedResults.NoContent();
    }

    private static ValueTask<object?> KeepOutOfCachesAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Response.Headers.CacheControl = "no-store";
        return next(context);
    }
}
