using System.Text.Json;
using Dapr.Client;
using DaprShop.Contracts;

namespace DaprShop.Inventory;

/// <summary>Writes that fail if another came first.</summary>
internal static class StateChange
{
    public static StateOptions FirstWrite { get; } = new() { Concurrency = ConcurrencyMode.FirstWrite };

    /// <summary>A key that was not there has no ETag: first-write then says that it must be new.</summary>
    public static StateTransactionRequest Upsert<T>(string key, T value, string? etag) => new(
        key,
        JsonSerializer.SerializeToUtf8Bytes(value, ContractsJson.Options),
        StateOperationType.Upsert,
        string.IsNullOrEmpty(etag) ? null : etag,
        options: FirstWrite);
}
