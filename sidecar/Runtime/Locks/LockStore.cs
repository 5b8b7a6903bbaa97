using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.State;

namespace DaprShop.Sidecar.Locks;

/// <summary>
/// A lock store component as one app sees it: a lock has one owner until it is released or has expired, and survives a restart.
/// </summary>
internal sealed class LockStore
{
    private readonly Sidecar _sidecar;
    private readonly string _name;
    private readonly string _prefix;
    private readonly ResiliencyPolicy _policy;

    /// <summary>Throws <see cref="InvalidDataException"/> for metadata that cannot be used.</summary>
    public LockStore(Sidecar sidecar, Component component)
    {
        _sidecar = sidecar;
        _name = component.Name;
        _prefix = KeyPrefix.Of(component.Metadata.GetValueOrDefault("keyPrefix"), sidecar.AppId, component.Name);
        _policy = sidecar.Policies.ForComponentOutbound(component.Name, component.Category);
    }

    private long Now => _sidecar.Shared.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>True when <paramref name="owner"/> now holds the resource for so many seconds.</summary>
    public Task<bool> TryLockAsync(string resource, string owner, int seconds, CancellationToken cancellationToken)
    {
        var key = FullKey(resource, LockErrors.TryLock);
        return _policy.CallAsync(
            token =>
            {
                var now = Now;
                return _sidecar.Shared.Database.WriteAsync(
                    session => LockTable.TryInsert(session, _name, key, owner, now + (seconds * 1000L), now), token);
            },
            LockErrors.TryLock,
            cancellationToken).OrFailAsync(LockErrors.TryLock);
    }

    public Task<UnlockResult> UnlockAsync(string resource, string owner, CancellationToken cancellationToken)
    {
        var key = FullKey(resource, LockErrors.Unlock);
        return _policy.CallAsync(
            token =>
            {
                var now = Now;
                return _sidecar.Shared.Database.WriteAsync(
                    session =>
                    {
                        var holder = LockTable.FindOwner(session, _name, key, now);
                        if (holder != owner)
                        {
                            return holder is null ? UnlockResult.DoesNotExist : UnlockResult.BelongsToOther;
                        }

                        LockTable.Delete(session, _name, key);
                        return UnlockResult.Success;
                    },
                    token);
            },
            LockErrors.Unlock,
            cancellationToken).OrFailAsync(LockErrors.Unlock);
    }

    private string FullKey(string resource, Func<string, DaprApiException> failure) =>
        resource.Contains(KeyPrefix.Separator, StringComparison.Ordinal)
            ? throw failure($"input key/keyPrefix '{resource}' can't contain '||'")
            : _prefix + resource;
}
