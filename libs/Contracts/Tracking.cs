namespace DaprShop.Contracts;

/// <summary>
/// What a client of GET /tracking/{orderId} is told, over a WebSocket or as the plain answer. The sequence is that of the last stop the
/// client has with this message: connecting again with <c>?after=</c> it goes on from there.
/// The type is <c>state</c>, with status and the stops the client does not have, <c>moved</c>, with one stop, or <c>heartbeat</c>.
/// </summary>
public sealed record TrackingMessage(
    string Type, string OrderId, int Sequence, ShipmentStatus? Status = null, IReadOnlyList<ParcelMoved>? Moves = null)
{
    public const string State = "state";
    public const string Moved = "moved";
    public const string Heartbeat = "heartbeat";
}
