using Dapr.Actors;
using Dapr.Actors.Runtime;
using DaprShop.Shipping.Domain;
using Microsoft.Extensions.Options;

namespace DaprShop.Shipping;

/// <summary>A parcel on its way; its id is the parcel's.</summary>
public interface IDeliveryActor : IActor
{
    /// <summary>Sets it on its way; once it is, that changes nothing.</summary>
    Task StartAsync();
}

/// <summary>
/// Moves a parcel from stop to stop, each time its durable reminder comes, until it has arrived. It keeps no state of its own: where the
/// parcel is says the shipment, which is saved together with the event of each stop. So a killed delivery goes on where it was.
/// </summary>
internal sealed class DeliveryActor(ActorHost host, ShipmentStore shipments, IOptions<ShippingOptions> options, TimeProvider time)
    : Actor(host), IDeliveryActor, IRemindable
{
    private const string Reminder = "move";

    public async Task StartAsync()
    {
        var shipment = await shipments.FindAsync(OrderId, CancellationToken.None);
        if (shipment?.IsOver(Id.GetId()) == false)
        {
            await RegisterReminderAsync(Reminder, null, options.Value.Pace, options.Value.Pace);
        }
    }

    public async Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period)
    {
        var parcelId = Id.GetId();
        var shipment = await shipments.ChangeAsync(OrderId, one => one.Move(parcelId, time.GetUtcNow()), CancellationToken.None);
        if (shipment is not null && shipment.StatusNow() != shipment.Announced)
        {
            shipment = await shipments.ChangeAsync(OrderId, one => one.Announce(time.GetUtcNow()), CancellationToken.None);
        }

        if (shipment?.IsOver(parcelId) != false)
        {
            await UnregisterReminderAsync(Reminder);
        }
    }

    private string OrderId => Parcel.OrderOf(Id.GetId());
}
