using DaprShop.Contracts;
using DaprShop.Identity.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Identity;

internal static class UsersApi
{
    private const string VerifyEmailStep = "verify-email";

    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/users");
        users.MapPost("/", RegisterAsync);
        users.MapGet("/{id}", FindAsync);
        users.MapPost("/verification", VerifyAsync);
        users.MapPost("/verification-messages", SendAgainAsync);
        users.MapPost("/{id}/verification", VerifyByHandAsync);
    }

    private static async Task<Results<Created<UserResponse>, ProblemHttpResult>> RegisterAsync(
        RegisterUser request, Registration registration, CancellationToken cancellationToken) =>
        await registration.RegisterAsync(request, cancellationToken) is { } user
            ? TypedResults.Created($"/users/{user.Id}", ToResponse(user))
            : ShopResults.Conflict(Problems.AlreadyExists, "Somebody is registered with this e-mail address");

    private static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> FindAsync(
        string id, Caller caller, UserStore users, CancellationToken cancellationToken) =>
        caller.MayActFor(id) && await users.FindAsync(id, cancellationToken) is { } user
            ? TypedResults.Ok(ToResponse(user))
            : NoSuchUser(id);

    private static async Task<Ok<UserResponse>> VerifyAsync(VerifyEmail request, Verification verification, CancellationToken cancellationToken) =>
        TypedResults.Ok(ToResponse(await verification.VerifyAsync(request.Token, cancellationToken)));

    private static async Task<Accepted> SendAgainAsync(
        SendVerificationMessage request, Verification verification, CancellationToken cancellationToken)
    {
        await verification.SendAgainAsync(request.Email, cancellationToken);
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<Results<Ok<UserResponse>, ProblemHttpResult>> VerifyByHandAsync(
        string id, Caller caller, Verification verification, CancellationToken cancellationToken) =>
        !caller.MayOperate ? ShopResults.Forbidden("Only those who work for the shop may verify a user")
        : await verification.VerifyByHandAsync(id, cancellationToken) is { } user ? TypedResults.Ok(ToResponse(user))
        : NoSuchUser(id);

    private static UserResponse ToResponse(User user) => new(
        user.Id, user.Email, user.Name, user.VerifiedAt is not null, user.Roles, user.CreatedAt, user.VerifiedAt is null ? VerifyEmailStep : null);

    private static ProblemHttpResult NoSuchUser(string id) => ShopResults.NotFound($"There is no user {id}");
}
