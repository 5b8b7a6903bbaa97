namespace DaprShop.Sidecar.State;

/// <summary>The state stores in one app's scope.</summary>
internal sealed class StateStores(Sidecar sidecar)
{
    public Sidecar Sidecar => sidecar;
}
