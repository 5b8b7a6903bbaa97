using Dapr.Client;
using DaprShop.Contracts;
using DaprShop.Customers.Domain;

namespace DaprShop.Customers;

/// <summary>Preferences by customer, in a store of their own: read often, lost without harm, and of no use to who reads profiles.</summary>
internal sealed class PreferencesStore(DaprClient dapr)
{
    private static readonly StateOptions s_firstWrite = new() { Concurrency = ConcurrencyMode.FirstWrite };

    public async Task<Preferences> GetAsync(string customerId, CancellationToken cancellationToken) =>
        await dapr.GetStateAsync<Preferences?>(Stores.Preferences, customerId, cancellationToken: cancellationToken) ?? Preferences.Default;

    public Task SaveAsync(string customerId, Preferences preferences, CancellationToken cancellationToken) =>
        dapr.SaveStateAsync(Stores.Preferences, customerId, preferences, cancellationToken: cancellationToken);

    /// <summary>What the customer has chosen meanwhile stays.</summary>
    public Task AddDefaultAsync(string customerId, CancellationToken cancellationToken) => dapr.TrySaveStateAsync(
        Stores.Preferences, customerId, Preferences.Default, etag: "", s_firstWrite, cancellationToken: cancellationToken);
}
