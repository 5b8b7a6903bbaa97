using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders;

/// <summary>The orders, each saved together with the event of its last decision.</summary>
public sealed class OrderStore(EventingStore store)
{
    private const int MaxAttempts = 10;

    public async Task<OrderState?> FindAsync(string id, CancellationToken cancellationToken = default) =>
        (await store.FindAsync<OrderState>(Key(id), cancellationToken))?.Value;

    /// <summary>Those of the orders that exist, in no particular order.</summary>
    public Task<IReadOnlyList<OrderState>> FindManyAsync(IEnumerable<string> ids, CancellationToken cancellationToken = default) =>
        store.FindManyAsync<OrderState>([.. ids.Distinct().Select(Key)], cancellationToken);

    /// <summary>The order, if there is one and the caller may see it.</summary>
    public async Task<OrderState?> FindAsync(string id, Caller caller, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is { } order && caller.MayActFor(order.CustomerId) ? order : null;

    /// <summary>For those who were given the id by the shop itself.</summary>
    public async Task<OrderState> GetAsync(string id, CancellationToken cancellationToken = default) =>
        await FindAsync(id, cancellationToken) ?? throw new InvalidOperationException($"Order {id} is not in the store");

    /// <exception cref="StateConflictException">There is an order with this id.</exception>
    public Task InsertAsync(Order order, CancellationToken cancellationToken) =>
        store.SaveAsync(Key(order.Id), order.State, etag: null, order.Events[0], cancellationToken);

    /// <summary>
    /// Loads an order, decides and saves; when another write came in between, does so again. A decision that changes nothing saves nothing.
    /// Null when there is no such order.
    /// </summary>
    /// <exception cref="StateConflictException">Other writes came in between again and again.</exception>
    public Task<OrderState?> ChangeAsync(string id, Action<Order> decide, CancellationToken cancellationToken = default) =>
        ChangeAsync(id, Caller.Service, decide, cancellationToken);

    /// <summary>As above, for a caller: an order that is not his is none.</summary>
    public async Task<OrderState?> ChangeAsync(string id, Caller caller, Action<Order> decide, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await store.FindAsync<OrderState>(Key(id), cancellationToken) is not { } stored || !caller.MayActFor(stored.Value.CustomerId))
            {
                return null;
            }

            var order = new Order(stored.Value);
            decide(order);
            try
            {
                await SaveAsync(order, stored, cancellationToken);
                return order.State;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Load and decide again: the other write may have changed what this decision is.
            }
        }
    }

    private Task SaveAsync(Order order, Stored<OrderState> stored, CancellationToken cancellationToken) => order.Events switch
    {
        [] when ReferenceEquals(order.State, stored.Value) => Task.CompletedTask,
        [] => store.SaveQuietlyAsync(Key(order.Id), order.State, stored.ETag, cancellationToken),
        [var happened] => store.SaveAsync(Key(order.Id), order.State, stored.ETag, happened, cancellationToken),
        _ => throw new InvalidOperationException("One decision raises one event"),
    };

    private static string Key(string id) => $"order-{id}";
}
