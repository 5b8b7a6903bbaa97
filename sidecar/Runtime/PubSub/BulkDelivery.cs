using System.Text.Json;
using System.Text.Json.Serialization;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.PubSub;

/// <summary>
/// Brings messages to the app many a request (bulkSubscribe). The app answers with a status for each; those it leaves out or
/// wants again are sent again, without the others, as the policy allows.
/// </summary>
internal sealed class BulkDelivery(Sidecar sidecar, Subscription subscription, EventRouter router)
{
    private readonly DeliveryAttempts _attempts = new(sidecar, subscription.PubSubName, subscription.Topic);

    /// <summary>Delivers messages and gives a result for each; fails only with <see cref="OperationCanceledException"/>.</summary>
    public async Task<IReadOnlyList<DeliveryResult>> DeliverAsync(IReadOnlyList<BrokerMessage> messages, CancellationToken cancellationToken)
    {
        var entries = messages.Select(message => new Entry(message, router.Route(message))).ToList();
        foreach (var batch in entries.Where(entry => entry.Result is null).GroupBy(entry => entry.Routed.Path))
        {
            await DeliverAsync(batch.Key, [.. batch], cancellationToken).ConfigureAwait(false);
        }

        return [.. entries.Select(entry => entry.Result!)];
    }

    private async Task DeliverAsync(string path, List<Entry> batch, CancellationToken cancellationToken)
    {
        var rest = await _attempts.RunAsync(
            async token =>
            {
                var open = batch.Where(entry => entry.Result is null).ToList();
                using var request = BulkRequest.Create(
                    path, subscription, router.IsRaw, open.Select(entry => (entry.Id, entry.Message, entry.Routed.Body)));
                using var response = await sidecar.App.SendAsync(request, token).ConfigureAwait(false);
                var body = await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false);
                return response.IsSuccessStatusCode ? Take(open, body) : AppAnswer.Read(response.StatusCode, body);
            },
            cancellationToken).ConfigureAwait(false);
        foreach (var entry in batch)
        {
            entry.Result ??= rest;
        }
    }

    private static DeliveryResult Take(List<Entry> open, byte[] body)
    {
        var statuses = StatusesOf(body);
        foreach (var entry in open)
        {
            entry.Result = statuses.GetValueOrDefault(entry.Id) switch
            {
                "SUCCESS" => DeliveryResult.Done,
                "DROP" => new DeliveryResult(DeliveryOutcome.Dropped, "the app answered DROP"),
                _ => null,
            };
        }

        return open.TrueForAll(entry => entry.Result is not null)
            ? DeliveryResult.Done
            : throw new DeliveryFailedException("the app answered RETRY, or nothing, for this entry");
    }

    private static Dictionary<string, string?> StatusesOf(byte[] body)
    {
        try
        {
            return (JsonSerializer.Deserialize(body, BulkJson.Default.BulkAnswer)?.Statuses ?? [])
                .Where(status => status.EntryId is not null)
                .DistinctBy(status => status.EntryId)
                .ToDictionary(status => status.EntryId!, status => status.Status);
        }
        catch (JsonException)
        {
            // An answer that cannot be read acknowledges nothing.
            return [];
        }
    }

    private sealed class Entry(BrokerMessage message, RoutedEvent routed)
    {
        public string Id { get; } = Guid.NewGuid().ToString();

        public BrokerMessage Message => message;

        public RoutedEvent Routed => routed;

        public DeliveryResult? Result { get; set; } = routed.Ended;
    }
}

internal sealed record BulkAnswer(List<BulkStatus>? Statuses);

internal sealed record BulkStatus(string? EntryId, string? Status);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BulkAnswer))]
internal sealed partial class BulkJson : JsonSerializerContext;
