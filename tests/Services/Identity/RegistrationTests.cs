using System.Net;
using DaprShop.Contracts;

namespace DaprShop.Services.Tests.Identity;

public sealed class RegistrationTests : IAsyncLifetime
{
    private IdentityShop _shop = null!;

    private RunningService Identity => _shop.Identity;

    public async Task InitializeAsync() => _shop = await IdentityShop.StartAsync();

    public Task DisposeAsync() => _shop.DisposeAsync().AsTask();

    [Fact]
    public async Task A_new_user_is_to_verify_the_address_next()
    {
        var user = await _shop.RegisterAsync("ada@example.org");

        Assert.Equal(("ada@example.org", "Ada Lovelace", false, "verify-email"), (user.Email, user.Name, user.Verified, user.NextStep));
        Assert.Equal(["customer"], user.Roles);
    }

    [Fact]
    public async Task Others_hear_of_a_registration_and_of_the_token_to_send()
    {
        var user = await _shop.RegisterAsync("ada@example.org");

        var registered = await _shop.Listener.HearAsync<UserRegistered>(heard => heard.UserId == user.Id);
        var requested = await _shop.Listener.HearAsync<VerificationRequested>(heard => heard.UserId == user.Id);
        Assert.Equal(("ada@example.org", "Ada Lovelace"), (registered.Email, registered.Name));
        Assert.Equal("ada@example.org", requested.Email);
        Assert.True(requested.ExpiresAt > requested.At);
    }

    [Fact]
    public async Task A_known_address_is_refused_however_it_is_written()
    {
        await _shop.RegisterAsync("ada@example.org");

        var refused = await Identity.RefusedAsync("/users", new RegisterUser(" ADA@Example.ORG ", "Another", IdentityShop.Password));

        Assert.Equal((409, Problems.AlreadyExists), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Of_many_registrations_of_one_address_at_once_one_makes_a_user_and_its_events()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            using var response = await Identity.SendAsync(
                HttpMethod.Post, "/users", new RegisterUser("ada@example.org", $"Ada {i}", IdentityShop.Password));
            return response.StatusCode;
        }));

        Assert.Single(answers, status => status == HttpStatusCode.Created);
        Assert.Equal(19, answers.Count(status => status == HttpStatusCode.Conflict));

        // Whatever the other nineteen might have published would come before this.
        var last = await _shop.RegisterAsync("last@example.org");
        await _shop.TokenOfAsync(last);
        await _shop.Listener.HearAsync<UserRegistered>(heard => heard.UserId == last.Id);
        Assert.Equal((2, 2), (_shop.Listener.Heard<UserRegistered>().Count, _shop.Listener.Heard<VerificationRequested>().Count));
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_by_field_and_nothing_is_stored()
    {
        var refused = await Identity.RefusedAsync("/users", new RegisterUser("ada", " ", "short"));

        Assert.Equal(400, refused.Status);
        Assert.Equal(["email", "name", "password"], refused.Errors!.Keys.Order());
        Assert.Equal(3, refused.Errors["password"].Length);
    }

    [Fact]
    public async Task What_is_missing_is_told_by_field()
    {
        var refused = await Identity.RefusedAsync("/users", new { });

        Assert.Equal((400, 3), (refused.Status, refused.Errors!.Count));
    }

    [Fact]
    public async Task A_user_sees_itself_and_nobody_else()
    {
        var ada = await _shop.RegisterAsync("ada@example.org");

        Assert.Equal(HttpStatusCode.OK, await AskAsync(Callers.Customer(ada.Id)));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(Callers.Staff));
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(Callers.Customer("eve")));
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(Callers.Nobody));

        async Task<HttpStatusCode> AskAsync(params (string, string)[] headers)
        {
            using var response = await Identity.SendAsync(HttpMethod.Get, $"/users/{ada.Id}", null, headers);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task The_passwords_of_the_first_users_are_in_the_secret_store()
    {
        await using var seeded = await IdentityShop.StartAsync(("SEED", "true"));

        await Eventually.TrueAsync(() => CanLogInAsync("demo@daprshop.example", "Demo-Pass-1"));
        await Eventually.TrueAsync(() => CanLogInAsync("staff@daprshop.example", "Staff-Pass-1"));
        await seeded.Listener.HearAsync<UserRegistered>(heard => heard.UserId == "demo");
        await seeded.Listener.HearAsync<UserVerified>(heard => heard.UserId == "staff");

        async Task<bool> CanLogInAsync(string email, string password)
        {
            // A log-in before there is a user would count as a failure.
            using var registered = await seeded.Identity.SendAsync(HttpMethod.Get, $"/users/{email.Split('@')[0]}", null, Callers.Staff);
            return registered.IsSuccessStatusCode && (await seeded.LogInAsync(email, password)).AccessToken.Length > 0;
        }
    }
}
