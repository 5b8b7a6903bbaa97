using Dapr.Common.Serialization;

namespace Dapr.Workflow.Replay;

/// <summary>Values as the text that crosses the wire: JSON by the value's own type, empty for null.</summary>
internal static class Payloads
{
    public static string ToPayload(this IDaprSerializer serializer, object? value) =>
        value is null ? "" : serializer.Serialize(value, value.GetType());

    /// <summary>Completes with the value of a payload, or with the exception that reading it throws; the first completion wins.</summary>
    public static void SetFromPayload<T>(this TaskCompletionSource<T> completion, IDaprSerializer serializer, string? payload)
    {
        T value;
        try
        {
            value = serializer.Deserialize<T>(payload)!;
        }
        catch (Exception exception)
        {
            completion.TrySetException(exception);
            return;
        }

        completion.TrySetResult(value);
    }
}
