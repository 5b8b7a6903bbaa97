using System.Globalization;
using System.Text.Json;
using DaprShop.Sidecar.Actors;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Scheduling;

namespace DaprShop.Sidecar.Http;

/// <summary>
/// The failure policy of a reminder: <c>{"drop":{}}</c> or <c>{"constant":{"interval":"2s","maxRetries":3}}</c>, with the names of
/// either JSON form of the protocol.
/// </summary>
internal static class FailurePolicyJson
{
    public static FailurePolicy Read(JsonElement reminder)
    {
        var policy = Object(reminder, "failure_policy") ?? Object(reminder, "failurePolicy");
        if (policy is null)
        {
            return FailurePolicy.Default;
        }

        if (Object(policy.Value, "drop") is not null)
        {
            return FailurePolicy.Drop;
        }

        if (Object(policy.Value, "constant") is not { } constant)
        {
            throw ActorErrors.Malformed("a failure policy is drop or constant");
        }

        return new FailurePolicy(Interval(constant.Text("interval")), MaxRetries(constant));
    }

    private static TimeSpan Interval(string text) => text switch
    {
        "" => FailurePolicy.Default.Interval,
        _ when GoDuration.TryParse(text, out var interval) && interval >= TimeSpan.Zero => interval,
        _ => throw ActorErrors.Malformed($"\"{text}\" is not an interval, {GoDuration.Expected}"),
    };

    // As in the protocol, none given is without end.
    private static int MaxRetries(JsonElement constant)
    {
        if (!constant.TryGetProperty("maxRetries", out var value) && !constant.TryGetProperty("max_retries", out value))
        {
            return -1;
        }

        return int.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var retries)
            ? retries
            : throw ActorErrors.Malformed($"{value} is not a number of retries");
    }

    private static JsonElement? Object(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;
}
