namespace DaprShop.Sidecar.Invocation;

/// <summary>The instances of one app, called in turn.</summary>
internal sealed class AppInstances(string appId, Sidecar[] all)
{
    private uint _turn;

    public string AppId => appId;

    public IReadOnlyList<Sidecar> All => all;

    /// <summary>
    /// The next instance that can take a call; when there is none, one that is not known to be sick (it may be just starting),
    /// and at last any.
    /// </summary>
    public Sidecar Next()
    {
        if (all.Length == 1)
        {
            return all[0];
        }

        var turn = Interlocked.Increment(ref _turn);
        Sidecar? starting = null;
        for (var i = 0u; i < all.Length; i++)
        {
            var candidate = all[(turn + i) % all.Length];
            if (candidate.App.IsHealthy)
            {
                return candidate;
            }

            starting ??= candidate.App.ProbesPass ? candidate : null;
        }

        return starting ?? all[turn % all.Length];
    }
}
