using DaprShop.Contracts;
using DaprShop.Identity.Domain;
using DaprShop.Services.Tests.Events;

namespace DaprShop.Services.Tests.Identity;

/// <summary>Identity with its store and secrets, and one who hears what it publishes.</summary>
internal sealed class IdentityShop : IAsyncDisposable
{
    public const string Password = "Correct-Horse-7";

    private IdentityShop(Shop shop, RunningService identity, TopicListener listener) => (Shop, Identity, Listener) = (shop, identity, listener);

    public Shop Shop { get; }

    public RunningService Identity { get; }

    public TopicListener Listener { get; }

    // Few iterations: the tests are not about how slow a hash is.
    public static async Task<IdentityShop> StartAsync(params (string Name, string Value)[] settings)
    {
        var shop = await Shop.StartAsync(AppIds.Identity, AppIds.Notifications, AppIds.Customers);
        var listener = await TopicListener.StartAsync(shop, AppIds.Notifications, Topics.Identity);
        return new IdentityShop(shop, shop.Run<User>(AppIds.Identity, [("PasswordHasher:IterationCount", "1000"), .. settings]), listener);
    }

    public Task<UserResponse> RegisterAsync(string email) =>
        Identity.PostAsync<UserResponse>("/users", new RegisterUser(email, "Ada Lovelace", Password));

    /// <summary>The token of the verification message that the user would get.</summary>
    public async Task<string> TokenOfAsync(UserResponse user) =>
        (await Listener.HearAsync<VerificationRequested>(requested => requested.UserId == user.Id)).Token;

    public async Task<UserResponse> RegisterVerifiedAsync(string email)
    {
        var user = await RegisterAsync(email);
        using var verified = await Identity.SendAsync(HttpMethod.Post, $"/users/{user.Id}/verification", null, Callers.Staff);
        verified.EnsureSuccessStatusCode();
        return user;
    }

    public Task<SessionResponse> LogInAsync(string email, string password = Password) =>
        Identity.PostAsync<SessionResponse>("/sessions", new LogIn(email, password));

    public ValueTask DisposeAsync() => Shop.DisposeAsync();
}
