using System.Text.Json;

namespace DaprShop.Sidecar.Actors;

/// <summary>The data of timers and reminders: any JSON, passed on as it came.</summary>
internal static class ActorData
{
    /// <summary>Writes the property <c>data</c>; nothing when there is none.</summary>
    public static void WriteData(this Utf8JsonWriter writer, ReadOnlyMemory<byte> data)
    {
        if (!data.IsEmpty)
        {
            writer.WritePropertyName("data");
            writer.WriteRawValue(data.Span, skipInputValidation: true);
        }
    }
}
