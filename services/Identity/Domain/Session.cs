namespace DaprShop.Identity.Domain;

/// <summary>
/// A log-in and all refresh tokens that came from it, one after the other. Only the last is good; that an earlier one is shown means that
/// two have it, and ends the session.
/// </summary>
public sealed record Session(string Id, string UserId, string TokenHash, DateTimeOffset ExpiresAt)
{
    public bool IsOver(DateTimeOffset now) => now >= ExpiresAt;

    public bool HasAsLast(string tokenHash) => TokenHash == tokenHash;
}
