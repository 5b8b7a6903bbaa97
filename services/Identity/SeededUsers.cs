using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Identity.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Identity;

namespace DaprShop.Identity;

/// <summary>Somebody to buy, and somebody to run the shop, from the first start on; where the secret store has their passwords.</summary>
internal static class SeededUsers
{
    public static async Task SeedAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var secrets = await services.GetRequiredService<SecretStore>().ReadAsync(cancellationToken);
        await AddAsync("demo", "Demo Customer", SecretStore.DemoPassword, User.CustomerRole);
        await AddAsync("staff", "Shop Staff", SecretStore.StaffPassword, User.CustomerRole, Caller.Staff);

        async Task AddAsync(string id, string name, string secret, params string[] roles)
        {
            var users = services.GetRequiredService<UserStore>();
            var email = new EmailAddress($"{id}@daprshop.example");
            if (secrets.TryGetValue(secret, out var password) && !await users.IsKnownAsync(email, cancellationToken))
            {
                var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
                var hash = services.GetRequiredService<IPasswordHasher<User>>().HashPassword(null!, password);
                var user = new User(id, email.Value, name, hash, roles, now, verifiedAt: now, pending: null);
                await users.AddAsync(user, new UserVerified(id, now), cancellationToken);
            }
        }
    }
}
