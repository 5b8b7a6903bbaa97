using System.Net;
using System.Text.Json;

namespace DaprShop.Sidecar.PubSub;

/// <summary>What an app's answer to an event means.</summary>
internal static class AppAnswer
{
    /// <summary>Gives the result, or throws <see cref="DeliveryFailedException"/> for a failure that has no error status.</summary>
    public static DeliveryResult Read(HttpStatusCode status, ReadOnlySpan<byte> body)
    {
        switch ((int)status)
        {
            case >= 200 and < 300:
                return StatusOf(body) switch
                {
                    null or "" or "SUCCESS" => DeliveryResult.Done,
                    "DROP" => new DeliveryResult(DeliveryOutcome.Dropped, "the app answered DROP"),
                    "RETRY" => throw new DeliveryFailedException("the app answered RETRY"),
                    var unknown => throw new DeliveryFailedException($"the app answered an unknown status: {unknown}"),
                };
            case 404:
                return new DeliveryResult(DeliveryOutcome.Dropped, "the app has no such route (404)");
            case var code and >= 400:
                return new DeliveryResult(DeliveryOutcome.Failed, $"the app answered {code}", code);
            case var code:
                throw new DeliveryFailedException($"the app answered {code}");
        }
    }

    /// <summary>The text of <c>status</c> in a JSON object; null when the body is anything else, which is a success.</summary>
    private static string? StatusOf(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            if (body.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isStatus = string.Equals(reader.GetString(), "status", StringComparison.OrdinalIgnoreCase);
                reader.Read();
                if (isStatus)
                {
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }

                reader.Skip();
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
