namespace DaprShop.Sidecar.PubSub;

/// <summary>How Dapr judges content types: by the media type alone, without its parameters and not by its suffix.</summary>
internal static class ContentTypes
{
    public const string Binary = "application/octet-stream";

    public static bool IsJson(string? contentType) => Is(contentType, "application/json");

    public static bool IsCloudEvent(string? contentType) => Is(contentType, CloudEvent.ContentType);

    public static bool IsBinary(string? contentType) => Is(contentType, Binary) || Is(contentType, "application/cloudevents+protobuf");

    private static bool Is(string? contentType, string mediaType)
    {
        var bare = contentType.AsSpan();
        var parameters = bare.IndexOf(';');
        return (parameters < 0 ? bare : bare[..parameters]).Trim().Equals(mediaType, StringComparison.OrdinalIgnoreCase);
    }
}
