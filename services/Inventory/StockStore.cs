using System.Text.Json;
using Dapr.Client;
using DaprShop.Contracts;
using DaprShop.Inventory.Domain;
using Microsoft.Extensions.Options;

namespace DaprShop.Inventory;

/// <summary>
/// Stock by SKU, reservations by order, and one value for each delivery, so that no value grows with the deliveries it remembers.
/// </summary>
internal sealed class StockStore(DaprClient dapr, RestockingStore restocking, IOptions<InventoryOptions> options)
{
    private const string StockPrefix = "stock:";
    private const string ReservationPrefix = "reservation:";
    private const string DeliveryPrefix = "delivery:";

    public Task<Stock?> FindStockAsync(string sku, CancellationToken cancellationToken) =>
        dapr.GetStateAsync<Stock?>(Stores.Inventory, StockKey(sku), cancellationToken: cancellationToken);

    public Task<Reservation?> FindReservationAsync(string orderId, CancellationToken cancellationToken) =>
        dapr.GetStateAsync<Reservation?>(Stores.Inventory, ReservationKey(orderId), cancellationToken: cancellationToken);

    /// <summary>The proposals that wait for a delivery.</summary>
    public async Task<IReadOnlyList<PurchaseProposal>> FindProposalsAsync(CancellationToken cancellationToken)
    {
        var skus = await restocking.ListAsync(cancellationToken);
        var items = await ReadAsync(skus.Select(StockKey).ToHashSet(StringComparer.Ordinal), cancellationToken);
        return [.. Values<Stock>(items, StockPrefix).Select(stock => stock.Proposal).OfType<PurchaseProposal>().OrderBy(proposal => proposal.At)];
    }

    /// <summary>Reads everything the commands need: what they name, and then the products of the reservations they name.</summary>
    public async Task<LoadedStock> LoadAsync(IReadOnlyCollection<StockCommand> commands, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var named = commands.SelectMany(KeysOf).ToHashSet(StringComparer.Ordinal);
        var items = await ReadAsync(named, cancellationToken);

        var reservations = Values<Reservation>(items, ReservationPrefix).ToList();
        var held = reservations.SelectMany(reservation => reservation.Lines).Select(line => StockKey(line.Sku)).ToHashSet(StringComparer.Ordinal);
        held.ExceptWith(named);
        items = [.. items, .. await ReadAsync(held, cancellationToken)];

        var book = new StockBook(
            Values<Stock>(items, StockPrefix), reservations, Values<Delivery>(items, DeliveryPrefix), options.Value.Restocking, now);
        var etags = items.Where(item => item.Value.Length > 0).ToDictionary(item => item.Key, item => item.ETag, StringComparer.Ordinal);
        return new LoadedStock(book, etags);
    }

    /// <summary>Writes what changed, all or nothing, if nothing of it was changed by others since it was read.</summary>
    public async Task SaveAsync(LoadedStock loaded, CancellationToken cancellationToken)
    {
        StateTransactionRequest[] operations =
        [
            .. loaded.Book.ChangedStocks.Select(stock => Upsert(StockKey(stock.Sku), stock)),
            .. loaded.Book.ChangedReservations.Select(reservation => Upsert(ReservationKey(reservation.OrderId), reservation)),
            .. loaded.Book.NewDeliveries.Select(delivery => Upsert(DeliveryKey(delivery), delivery)),
            .. await restocking.ChangesAsync(loaded.Book.Events, cancellationToken),
        ];
        if (operations.Length > 0)
        {
            await dapr.ExecuteStateTransactionAsync(Stores.Inventory, operations, cancellationToken: cancellationToken);
        }

        StateTransactionRequest Upsert<T>(string key, T value) => StateChange.Upsert(key, value, loaded.ETags.GetValueOrDefault(key));
    }

    private async Task<IReadOnlyList<BulkStateItem>> ReadAsync(HashSet<string> keys, CancellationToken cancellationToken) =>
        keys.Count == 0 ? [] : await dapr.GetBulkStateAsync(Stores.Inventory, [.. keys], parallelism: null, cancellationToken: cancellationToken);

    private static IEnumerable<string> KeysOf(StockCommand command)
    {
        var keys = command.Lines.Select(line => StockKey(line.Sku));
        keys = command.ReservationOf is { } orderId ? keys.Append(ReservationKey(orderId)) : keys;
        return command.Goods is { } delivery ? keys.Append(DeliveryKey(delivery)) : keys;
    }

    private static IEnumerable<T> Values<T>(IEnumerable<BulkStateItem> items, string prefix) => items
        .Where(item => item.Value.Length > 0 && item.Key.StartsWith(prefix, StringComparison.Ordinal))
        .Select(item => JsonSerializer.Deserialize<T>(item.Value, ContractsJson.Options)!);

    private static string StockKey(string sku) => StockPrefix + sku;

    private static string ReservationKey(string orderId) => ReservationPrefix + orderId;

    // A SKU has no colon, so the two parts cannot run into one another.
    private static string DeliveryKey(Delivery delivery) => $"{DeliveryPrefix}{delivery.Sku}:{delivery.Id}";
}

/// <summary>What was read, and the ETags it had.</summary>
internal sealed record LoadedStock(StockBook Book, IReadOnlyDictionary<string, string> ETags);
