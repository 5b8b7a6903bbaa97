using Dapr.Client;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Identity.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace DaprShop.Identity;

/// <summary>Counts failed log-ins by e-mail address, known or not, so that a lock does not tell who is registered.</summary>
internal sealed class LockOut(EventingStore store, DaprClient dapr, IOptions<IdentitySettings> options, TimeProvider time)
{
    /// <summary>How long no log-in with this address is tried; null when one may be.</summary>
    public async Task<TimeSpan?> LockedForAsync(EmailAddress email, CancellationToken cancellationToken)
    {
        var failed = await store.FindAsync<FailedLogIns>(Key(email), cancellationToken);
        return failed?.Value.LockedFor(time.GetUtcNow(), options.Value.MaxFailedLogIns, options.Value.LockOutWindow);
    }

    public async Task NoteFailureAsync(EmailAddress email, CancellationToken cancellationToken)
    {
        for (var noted = false; !noted;)
        {
            var failed = await store.FindAsync<FailedLogIns>(Key(email), cancellationToken);
            var now = time.GetUtcNow();
            var more = (failed?.Value ?? FailedLogIns.None).Add(now, options.Value.LockOutWindow);
            try
            {
                await store.SaveQuietlyAsync(Key(email), more, failed?.ETag, options.Value.LockOutWindow, cancellationToken);
                noted = true;
            }
            catch (StateConflictException)
            {
                // Another guess was counted at the same time; this one counts too.
            }
        }
    }

    public Task ForgetAsync(EmailAddress email, CancellationToken cancellationToken) =>
        dapr.DeleteStateAsync(Stores.Identity, Key(email), cancellationToken: cancellationToken);

    private static string Key(EmailAddress email) => $"failed:{UserStore.KeyPart(email)}";
}
