namespace DaprShop.Sidecar.Secrets;

/// <summary>The secret stores in one app's scope.</summary>
internal sealed class SecretStores(Sidecar sidecar)
{
    public Sidecar Sidecar => sidecar;
}
