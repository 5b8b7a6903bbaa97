using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.State;

/// <summary>The state stores in one app's scope.</summary>
internal sealed class StateStores(Sidecar sidecar)
{
    private readonly Dictionary<string, StateStore> _stores = new(StringComparer.Ordinal);

    /// <summary>The store marked actorStateStore, for the state of actors: its keys stand as they are; null when none is.</summary>
    public StateStore? ActorStore { get; private set; }

    /// <summary>
    /// Opens a component. Throws <see cref="InvalidDataException"/> or <see cref="FormatException"/> when it cannot be used.
    /// </summary>
    public void Add(Component component)
    {
        var store = new StateStore(sidecar, component);
        if (bool.TryParse(component.Metadata.GetValueOrDefault("actorStateStore"), out var isActorStore) && isActorStore)
        {
            if (ActorStore is not null)
            {
                throw new InvalidDataException($"detected duplicate actor state store: {ActorStore.Name} and {component.Name}");
            }

            ActorStore = store.ForActors();
        }

        _stores.Add(component.Name, store);
    }

    /// <summary>The store of that name; a <see cref="DaprApiException"/> tells that there is none.</summary>
    public StateStore Get(string name)
    {
        if (_stores.TryGetValue(name, out var store))
        {
            return store;
        }

        throw _stores.Count == 0 ? StateErrors.NotConfigured(name, sidecar.AppId) : StateErrors.NotFound(name, sidecar.AppId);
    }
}
