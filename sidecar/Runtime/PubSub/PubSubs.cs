using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>The pub/sub components in one app's scope: publishing, subscriptions, delivery to the app.</summary>
internal sealed class PubSubs(Sidecar sidecar)
{
    public Sidecar Sidecar => sidecar;

    /// <summary>The app's subscriptions, programmatic and declarative, also those to an unknown pub/sub: for the metadata API.</summary>
    public IReadOnlyList<Subscription> Subscriptions { get; } = [];

    /// <summary>Reads the app's subscriptions (GET /dapr/subscribe), joins the declarative ones and starts delivery.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Stops taking new messages and waits for running deliveries.</summary>
    public Task StopAsync() => throw new NotImplementedException();
}
