using DaprShop.Contracts;
using DaprShop.Identity.Domain;
using DaprShop.ServiceDefaults;
using Dapr.Client;

namespace DaprShop.Identity;

/// <summary>Sessions by id; the store forgets them when they are over.</summary>
internal sealed class SessionStore(EventingStore store, DaprClient dapr, TimeProvider time)
{
    public Task<Stored<Session>?> FindAsync(string id, CancellationToken cancellationToken) => store.FindAsync<Session>(Key(id), cancellationToken);

    /// <summary>Without an ETag it must be new.</summary>
    /// <exception cref="StateConflictException">It was refreshed or ended meanwhile.</exception>
    public Task SaveAsync(Session session, string? etag, CancellationToken cancellationToken) =>
        store.SaveQuietlyAsync(Key(session.Id), session, etag, session.ExpiresAt - time.GetUtcNow(), cancellationToken);

    /// <summary>Ends a session; no refresh that is under way can bring it back.</summary>
    public Task EndAsync(string id, CancellationToken cancellationToken) =>
        dapr.DeleteStateAsync(Stores.Identity, Key(id), cancellationToken: cancellationToken);

    private static string Key(string id) => $"session:{id}";
}
