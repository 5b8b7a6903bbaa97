using System.Net;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Identity;

public sealed class VerificationTests
{
    [Fact]
    public async Task Who_has_the_token_verifies_the_address_once()
    {
        await using var shop = await IdentityShop.StartAsync();
        var user = await shop.RegisterAsync("ada@example.org");
        var token = await shop.TokenOfAsync(user);

        var verified = await shop.Identity.PostAsync<UserResponse>("/users/verification", new VerifyEmail(token));
        var again = await shop.Identity.RefusedAsync("/users/verification", new VerifyEmail(token));

        Assert.Equal((user.Id, true, null), (verified.Id, verified.Verified, verified.NextStep));
        Assert.Equal((400, "token"), (again.Status, Assert.Single(again.Errors!).Key));
        await shop.Listener.HearAsync<UserVerified>(heard => heard.UserId == user.Id);
    }

    [Fact]
    public async Task A_wrong_token_verifies_nobody()
    {
        await using var shop = await IdentityShop.StartAsync();
        var user = await shop.RegisterAsync("ada@example.org");

        string[] wrong = ["", "nonsense", $"{user.Id}.", $"{user.Id}.guess", "nobody.guess", $"{await shop.TokenOfAsync(user)}x"];
        foreach (var token in wrong)
        {
            Assert.Equal(400, (await shop.Identity.RefusedAsync("/users/verification", new VerifyEmail(token))).Status);
        }

        Assert.Equal(403, (await shop.Identity.RefusedAsync("/sessions", new LogIn("ada@example.org", IdentityShop.Password))).Status);
    }

    [Fact]
    public async Task A_token_expires()
    {
        await using var shop = await IdentityShop.StartAsync(("Identity:VerificationLifetime", "00:00:00"));
        var user = await shop.RegisterAsync("ada@example.org");

        var refused = await shop.Identity.RefusedAsync("/users/verification", new VerifyEmail(await shop.TokenOfAsync(user)));

        Assert.Equal(400, refused.Status);
    }

    [Fact]
    public async Task Another_message_has_another_token_and_the_first_is_worth_nothing()
    {
        await using var shop = await IdentityShop.StartAsync(("Identity:VerificationPause", "00:00:00"));
        var user = await shop.RegisterAsync("ada@example.org");
        var first = await shop.TokenOfAsync(user);

        Assert.Equal(HttpStatusCode.Accepted, await SendAgainAsync(shop, "Ada@Example.org"));

        var second = await shop.Listener.HearAsync<VerificationRequested>(heard => heard.UserId == user.Id && heard.Token != first);
        Assert.Equal(400, (await shop.Identity.RefusedAsync("/users/verification", new VerifyEmail(first))).Status);
        Assert.True((await shop.Identity.PostAsync<UserResponse>("/users/verification", new VerifyEmail(second.Token))).Verified);
    }

    [Fact]
    public async Task Asking_for_a_message_does_not_tell_who_is_registered()
    {
        await using var shop = await IdentityShop.StartAsync();
        await shop.RegisterAsync("ada@example.org");

        // Ada was sent one a moment ago, so neither gets one.
        Assert.Equal(HttpStatusCode.Accepted, await SendAgainAsync(shop, "ada@example.org"));
        Assert.Equal(HttpStatusCode.Accepted, await SendAgainAsync(shop, "nobody@example.org"));

        var last = await shop.RegisterAsync("last@example.org");
        await shop.TokenOfAsync(last);
        Assert.Equal(2, shop.Listener.Heard<VerificationRequested>().Count);
    }

    [Fact]
    public async Task Staff_verifies_a_user_without_a_token_and_others_may_not()
    {
        await using var shop = await IdentityShop.StartAsync();
        var user = await shop.RegisterAsync("ada@example.org");

        using var byTheUser = await VerifyAsync(user.Id, Callers.Customer(user.Id));
        using var byNobody = await VerifyAsync(user.Id, Callers.Nobody);
        using var byStaff = await VerifyAsync(user.Id, Callers.Staff);
        using var unknown = await VerifyAsync("nobody", Callers.Staff);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (byTheUser.StatusCode, byNobody.StatusCode));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (byStaff.StatusCode, unknown.StatusCode));
        await shop.LogInAsync("ada@example.org");

        Task<HttpResponseMessage> VerifyAsync(string id, params (string, string)[] headers) =>
            shop.Identity.SendAsync(HttpMethod.Post, $"/users/{id}/verification", null, headers);
    }

    private static async Task<HttpStatusCode> SendAgainAsync(IdentityShop shop, string email)
    {
        using var response = await shop.Identity.SendAsync(HttpMethod.Post, "/users/verification-messages", new SendVerificationMessage(email));
        return response.StatusCode;
    }
}
