using System.Net;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Identity;

public sealed class SignInTests
{
    private const string Ada = "ada@example.org";

    [Fact]
    public async Task A_user_logs_in_only_after_verification()
    {
        await using var shop = await IdentityShop.StartAsync();
        var user = await shop.RegisterAsync(Ada);

        var tooEarly = await shop.Identity.RefusedAsync("/sessions", new LogIn(Ada, IdentityShop.Password));
        await shop.Identity.PostAsync<UserResponse>("/users/verification", new VerifyEmail(await shop.TokenOfAsync(user)));
        var session = await shop.LogInAsync("ADA@example.org");

        Assert.Equal((403, Problems.EmailNotVerified), (tooEarly.Status, tooEarly.Code));
        Assert.Equal(("Bearer", 900), (session.TokenType, session.ExpiresIn));
    }

    [Fact]
    public async Task An_unknown_address_and_a_wrong_password_get_one_answer()
    {
        await using var shop = await IdentityShop.StartAsync();
        await shop.RegisterVerifiedAsync(Ada);
        await shop.RegisterAsync("unverified@example.org");

        var wrong = await shop.Identity.RefusedAsync("/sessions", new LogIn(Ada, "Wrong-Horse-7"));
        var unknown = await shop.Identity.RefusedAsync("/sessions", new LogIn("nobody@example.org", "Wrong-Horse-7"));
        var unverified = await shop.Identity.RefusedAsync("/sessions", new LogIn("unverified@example.org", "Wrong-Horse-7"));
        var noAddress = await shop.Identity.RefusedAsync("/sessions", new LogIn("nobody", "Wrong-Horse-7"));

        Assert.Equal((401, Problems.Unauthorized), (wrong.Status, wrong.Code));
        Assert.Equal((wrong, wrong, wrong), (unknown, unverified, noAddress));
    }

    [Theory]
    [InlineData(Ada)]
    [InlineData("nobody@example.org")]
    public async Task Failures_lock_an_address_known_or_not_even_for_the_right_password(string address)
    {
        await using var shop = await IdentityShop.StartAsync();
        await shop.RegisterVerifiedAsync(Ada);

        for (var failure = 1; failure <= 5; failure++)
        {
            Assert.Equal(401, (await shop.Identity.RefusedAsync("/sessions", new LogIn(address, "Wrong-Horse-7"))).Status);
        }

        var locked = await shop.Identity.RefusedAsync("/sessions", new LogIn(address.ToUpperInvariant(), IdentityShop.Password));
        Assert.Equal((429, Problems.TooManyRequests), (locked.Status, locked.Code));
        Assert.InRange(locked.RetryAfter!.Value, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task A_lock_ends()
    {
        await using var shop = await IdentityShop.StartAsync(("Identity:MaxFailedLogIns", "1"), ("Identity:LockOutWindow", "00:00:02"));
        await shop.RegisterVerifiedAsync(Ada);
        await shop.Identity.RefusedAsync("/sessions", new LogIn(Ada, "Wrong-Horse-7"));

        await Eventually.TrueAsync(async () =>
        {
            using var response = await shop.Identity.SendAsync(HttpMethod.Post, "/sessions", new LogIn(Ada, IdentityShop.Password));
            return response.IsSuccessStatusCode;
        });
    }

    [Fact]
    public async Task A_log_in_that_succeeds_forgets_the_failures_before_it()
    {
        await using var shop = await IdentityShop.StartAsync();
        await shop.RegisterVerifiedAsync(Ada);

        for (var round = 0; round < 2; round++)
        {
            for (var failure = 1; failure <= 4; failure++)
            {
                await shop.Identity.RefusedAsync("/sessions", new LogIn(Ada, "Wrong-Horse-7"));
            }

            await shop.LogInAsync(Ada);
        }
    }

    [Fact]
    public async Task A_refresh_token_gives_the_next_pair_once()
    {
        await using var shop = await IdentityShop.StartAsync();
        await shop.RegisterVerifiedAsync(Ada);
        var first = await shop.LogInAsync(Ada);

        var second = await RefreshAsync(shop, first);
        var third = await RefreshAsync(shop, second);

        Assert.Equal(3, new[] { first, second, third }.Select(session => session.RefreshToken).Distinct().Count());
        Assert.Equal(3, new[] { first, second, third }.Select(session => session.AccessToken).Distinct().Count());
    }

    [Fact]
    public async Task A_refresh_token_used_twice_ends_the_session_it_came_from_and_no_other()
    {
        await using var shop = await IdentityShop.StartAsync();
        await shop.RegisterVerifiedAsync(Ada);
        var other = await shop.LogInAsync(Ada);
        var first = await shop.LogInAsync(Ada);
        var second = await RefreshAsync(shop, first);

        var reused = await RefusedRefreshAsync(shop, first.RefreshToken);
        var afterwards = await RefusedRefreshAsync(shop, second.RefreshToken);

        Assert.Equal((401, 401), (reused.Status, afterwards.Status));
        await RefreshAsync(shop, other);
    }

    [Fact]
    public async Task Of_many_refreshes_with_one_token_at_once_no_two_succeed()
    {
        await using var shop = await IdentityShop.StartAsync();
        await shop.RegisterVerifiedAsync(Ada);
        var session = await shop.LogInAsync(Ada);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var response = await shop.Identity.SendAsync(HttpMethod.Post, "/sessions/refresh", new RefreshSession(session.RefreshToken));
            return response.StatusCode;
        }));

        Assert.InRange(answers.Count(status => status == HttpStatusCode.OK), 0, 1);
        Assert.Equal(10, answers.Count(status => status is HttpStatusCode.OK or HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task A_session_that_is_logged_out_or_too_old_is_not_refreshed()
    {
        await using var shop = await IdentityShop.StartAsync();
        await shop.RegisterVerifiedAsync(Ada);
        var session = await shop.LogInAsync(Ada);

        using var loggedOut = await shop.Identity.SendAsync(HttpMethod.Post, "/sessions/revocation", new RefreshSession(session.RefreshToken));
        using var again = await shop.Identity.SendAsync(HttpMethod.Post, "/sessions/revocation", new RefreshSession(session.RefreshToken));

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (loggedOut.StatusCode, again.StatusCode));
        Assert.Equal(401, (await RefusedRefreshAsync(shop, session.RefreshToken)).Status);
        Assert.Equal(401, (await RefusedRefreshAsync(shop, "nonsense")).Status);
    }

    [Fact]
    public async Task A_session_ends_by_itself()
    {
        await using var shop = await IdentityShop.StartAsync(("Identity:SessionLifetime", "00:00:00"));
        await shop.RegisterVerifiedAsync(Ada);
        var session = await shop.LogInAsync(Ada);

        Assert.Equal(401, (await RefusedRefreshAsync(shop, session.RefreshToken)).Status);
    }

    [Fact]
    public async Task A_password_is_hashed_anew_when_the_hasher_works_harder()
    {
        await using var shop = await IdentityShop.StartAsync();
        var user = await shop.RegisterVerifiedAsync(Ada);
        var before = await HashOfAsync(shop, user);

        var harder = shop.Shop.Run<DaprShop.Identity.Domain.User>(AppIds.Identity, ("PasswordHasher:IterationCount", "2000"));
        await harder.PostAsync<SessionResponse>("/sessions", new LogIn(Ada, IdentityShop.Password));

        Assert.NotEqual(before, await HashOfAsync(shop, user));
        await shop.LogInAsync(Ada);
    }

    [Fact]
    public async Task Nothing_that_was_handed_out_is_in_the_store()
    {
        await using var shop = await IdentityShop.StartAsync();
        var user = await shop.RegisterAsync("new@example.org");
        await shop.RegisterVerifiedAsync(Ada);
        var session = await shop.LogInAsync(Ada);

        var stored = await StoredTexts.ReadAsync(shop.Shop, $"user:{user.Id}", $"session:{session.RefreshToken.Split('.')[0]}");

        string[] secrets = [IdentityShop.Password, (await shop.TokenOfAsync(user)).Split('.')[1], session.RefreshToken.Split('.')[1]];
        Assert.All(stored, text => Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal)));
    }

    private static async Task<string> HashOfAsync(IdentityShop shop, UserResponse user) =>
        (await StoredTexts.ReadAsync(shop.Shop, $"user:{user.Id}")).Single().Split("\"passwordHash\":\"")[1].Split('"')[0];

    private static Task<SessionResponse> RefreshAsync(IdentityShop shop, SessionResponse session) =>
        shop.Identity.PostAsync<SessionResponse>("/sessions/refresh", new RefreshSession(session.RefreshToken));

    private static Task<Problem> RefusedRefreshAsync(IdentityShop shop, string token) =>
        shop.Identity.RefusedAsync("/sessions/refresh", new RefreshSession(token));
}
