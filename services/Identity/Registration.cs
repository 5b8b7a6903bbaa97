using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Identity.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace DaprShop.Identity;

/// <summary>
/// The use case of registering a user. The welcome message and the verification message are sent by notifications, the profile and its
/// default preferences are made by customers, each when it hears of the events that are published with the user.
/// </summary>
internal sealed class Registration(UserStore users, IPasswordHasher<User> hasher, IOptions<IdentitySettings> options, TimeProvider time)
{
    /// <summary>Null when somebody is registered with this e-mail address.</summary>
    /// <exception cref="InvalidInputException">What was asked for cannot be registered.</exception>
    public async Task<User?> RegisterAsync(RegisterUser request, CancellationToken cancellationToken)
    {
        var (email, name, password) = Validate(request);

        if (await users.IsKnownAsync(email, cancellationToken))
        {
            return null;
        }

        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString("N");
        var token = OpaqueToken.For(id);
        var pending = new PendingVerification(token.Hash, now, now + options.Value.VerificationLifetime);
        var user = User.Register(id, email, name, hasher.HashPassword(null!, password), pending, now);
        var next = new VerificationRequested(id, email.Value, name, token.ToString(), pending.ExpiresAt, now);

        return await users.AddAsync(user, next, cancellationToken) ? user : null;
    }

    private static (EmailAddress Email, string Name, string Password) Validate(RegisterUser request)
    {
        var errors = new InputErrors();
        var email = errors.Try("", () => new EmailAddress(request.Email));
        var name = errors.Try("", () => User.CheckedName(request.Name));
        foreach (var broken in PasswordRules.Broken(request.Password))
        {
            errors.Add("password", broken);
        }

        errors.ThrowIfAny();
        return (email!, name!, request.Password);
    }
}
