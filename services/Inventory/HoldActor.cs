using System.Text.Json;
using Dapr.Actors;
using Dapr.Actors.Runtime;
using DaprShop.Contracts;
using DaprShop.Inventory.Domain;

namespace DaprShop.Inventory;

/// <summary>Sees to it that reservations which were made together, for equally long, end.</summary>
public interface IHoldActor : IActor
{
    Task WatchAsync(Hold hold);
}

/// <summary>Which reservations, and when their time is over.</summary>
public sealed record Hold(IReadOnlyList<string> OrderIds, TimeSpan DueIn, DateTimeOffset DueAt);

/// <summary>
/// One actor a batch of reservations, with one durable reminder: it is set before the reservations are written, so that whatever is
/// killed, nothing is held for ever. The reminder comes again until each of them is over.
/// </summary>
internal sealed class HoldActor(ActorHost host, StockWriter writer, TimeProvider time) : Actor(host), IHoldActor, IRemindable
{
    private const string Reminder = "expire";

    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(5);

    // A reservation that is not there so long after its time was never written.
    private static readonly TimeSpan s_neverWritten = TimeSpan.FromMinutes(10);

    public Task WatchAsync(Hold hold) =>
        RegisterReminderAsync(Reminder, JsonSerializer.SerializeToUtf8Bytes(hold, ContractsJson.Options), hold.DueIn, s_again);

    public async Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period)
    {
        var hold = JsonSerializer.Deserialize<Hold>(state, ContractsJson.Options)!;
        var outcomes = await Task.WhenAll(hold.OrderIds.Select(orderId => writer.ApplyAsync(new ExpireReservation(orderId), CancellationToken.None)));
        if (outcomes.All(outcome => IsOver(outcome, hold)))
        {
            await UnregisterReminderAsync(Reminder);
        }
    }

    private bool IsOver(StockOutcome outcome, Hold hold) => outcome switch
    {
        StockOutcome.Settled { Reservation.State: not ReservationState.Reserved } => true,
        StockOutcome.Unknown => time.GetUtcNow() > hold.DueAt + s_neverWritten,
        _ => false,
    };
}
