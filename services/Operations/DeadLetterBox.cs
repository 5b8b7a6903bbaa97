using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapr.Client;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Operations;

/// <summary>The dead letters of all topics, each kept once however often it comes, until somebody discards it.</summary>
internal sealed class DeadLetterBox(EventingStore store, KeyIndex index, DaprClient dapr, TimeProvider time)
{
    private const int MaxAttempts = 10;
    private const string CloudEvent = "application/cloudevents+json";

    /// <summary>Keeps what nobody could take.</summary>
    public async Task KeepAsync(string topic, JsonElement received, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var first = new DeadLetter(IdOf(topic, received), topic, Attribute(received, "type"), received, 1, now, now, null);
        await index.AddAsync(first.Id, cancellationToken);
        await ChangeAsync(first.Id, known => known is null ? first : known with { Arrivals = known.Arrivals + 1, LastAt = now }, cancellationToken);
    }

    /// <summary>Those that came last first; of one topic, if one is named.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ListAsync(string? topic, int limit, CancellationToken cancellationToken)
    {
        var letters = await store.FindManyAsync<DeadLetter>(await index.ListAsync(after: null, int.MaxValue, cancellationToken), cancellationToken);
        return [.. letters.Where(letter => topic is null || letter.Topic == topic).OrderByDescending(letter => letter.LastAt).Take(limit)];
    }

    public async Task<DeadLetter?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await store.FindAsync<DeadLetter>(id, cancellationToken))?.Value;

    /// <summary>
    /// Publishes the letter again, with the id it had: those who took it know it and pass it over. Null when there is no such letter.
    /// </summary>
    public async Task<DeadLetter?> ReplayAsync(string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } letter)
        {
            return null;
        }

        // The time before it is published: one that comes back at once comes later than this, and waits again.
        var now = time.GetUtcNow();
        await dapr.PublishByteEventAsync(
            Topics.PubSub, letter.Topic, Encoding.UTF8.GetBytes(letter.Event.GetRawText()), CloudEvent, cancellationToken: cancellationToken);
        return await ChangeAsync(id, known => known is null ? null : known with { ReplayedAt = now }, cancellationToken);
    }

    public async Task DiscardAsync(string id, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(id, cancellationToken);
        await index.RemoveAsync(id, cancellationToken);
    }

    private async Task<DeadLetter?> ChangeAsync(string id, Func<DeadLetter?, DeadLetter?> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var stored = await store.FindAsync<DeadLetter>(id, cancellationToken);
            if (change(stored?.Value) is not { } letter)
            {
                return null;
            }

            try
            {
                await store.SaveQuietlyAsync(id, letter, stored?.ETag, cancellationToken);
                return letter;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // It came again, or was replayed, at the same time.
            }
        }
    }

    // What makes two deliveries one event (CloudEvents: source and id); a message that is no event is known by what it says.
    private static string IdOf(string topic, JsonElement received)
    {
        var identity = Attribute(received, "id") is { } id ? $"{Attribute(received, "source")}\n{id}" : received.GetRawText();
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{topic}\n{identity}")).AsSpan(0, 12));
    }

    private static string? Attribute(JsonElement received, string name) =>
        received.ValueKind == JsonValueKind.Object && received.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
