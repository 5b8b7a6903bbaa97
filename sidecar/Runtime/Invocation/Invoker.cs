namespace DaprShop.Sidecar.Invocation;

/// <summary>Service invocation: caller's policies, choice of an instance, forwarding to the callee's app.</summary>
internal sealed class Invoker(Sidecar sidecar)
{
    public Sidecar Caller => sidecar;
}
