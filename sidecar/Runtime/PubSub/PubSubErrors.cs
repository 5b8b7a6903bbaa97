using System.Text.Json;
using Grpc.Core;

namespace DaprShop.Sidecar.PubSub;

/// <summary>The errors of publishing, in daprd's words.</summary>
internal static class PubSubErrors
{
    public static DaprApiException NotConfigured() => new(400, StatusCode.FailedPrecondition, "ERR_PUBSUB_NOT_CONFIGURED", "no pubsub is configured")
    {
        Reason = "DAPR_PUBSUB_NOT_CONFIGURED",
        Metadata = BrokerMessage.NoMetadata,
    };

    public static DaprApiException NameEmpty() => new(404, StatusCode.InvalidArgument, "ERR_PUBSUB_EMPTY", "pubsub name is empty")
    {
        Reason = "DAPR_PUBSUB_NAME_EMPTY",
        Metadata = BrokerMessage.NoMetadata,
    };

    public static DaprApiException NotFound(string pubSub) =>
        new(404, StatusCode.InvalidArgument, "ERR_PUBSUB_NOT_FOUND", $"pubsub {pubSub} is not found")
        {
            Reason = "DAPR_PUBSUB_NOT_FOUND",
            Metadata = BrokerMessage.NoMetadata,
        };

    public static DaprApiException TopicEmpty(string pubSub) =>
        Of(404, StatusCode.InvalidArgument, "ERR_TOPIC_NAME_EMPTY", "TOPIC_NAME_EMPTY", $"topic is empty in pubsub {pubSub}", pubSub);

    public static DaprApiException Forbidden(string pubSub, string topic, string appId)
    {
        var message = $"topic {topic} is not allowed for app id {appId}";
        return Of(403, StatusCode.PermissionDenied, "ERR_PUBSUB_FORBIDDEN", "FORBIDDEN", message, pubSub, ("error", message), ("topic", topic));
    }

    public static DaprApiException RawPayload(string pubSub, string value) =>
        Of(
            400,
            StatusCode.InvalidArgument,
            "ERR_PUBSUB_REQUEST_METADATA",
            "METADATA_DESERIALIZATION",
            $"failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is '{value}'",
            pubSub,
            ("rawPayload", value));

    public static DaprApiException CloudEvent(string pubSub, string appId, string error) =>
        Of(
            500,
            StatusCode.InvalidArgument,
            "ERR_PUBSUB_CLOUD_EVENTS_SER",
            "CLOUD_EVENT_CREATION",
            "cannot create cloudevent",
            pubSub,
            ("appID", appId),
            ("error", error));

    public static DaprApiException Unmarshal(string pubSub, string topic, string appId, string error) =>
        Of(
            400,
            StatusCode.InvalidArgument,
            "ERR_PUBSUB_EVENTS_SER",
            "UNMARSHAL_EVENTS",
            $"error when unmarshaling the request for topic {topic} pubsub {pubSub}: {error}",
            pubSub,
            ("appID", appId));

    public static DaprApiException Marshal(string pubSub, string topic, string appId, string error) =>
        Of(
            400,
            StatusCode.InvalidArgument,
            "ERR_PUBSUB_EVENTS_SER",
            "MARSHAL_EVENTS",
            $"error marshaling events to bytes for topic {topic} pubsub {pubSub}. error: {error}",
            pubSub,
            ("appID", appId),
            ("error", error));

    public static DaprApiException PublishFailed(string pubSub, string topic, string appId, string error) =>
        Of(
            500,
            StatusCode.Internal,
            "ERR_PUBSUB_PUBLISH_MESSAGE",
            "PUBLISH_MESSAGE",
            $"error when publishing to topic {topic} in pubsub {pubSub}: {error}",
            pubSub,
            ("appID", appId),
            ("error", error),
            ("topic", topic));

    public static DaprApiException StreamOrder(string message) => new(400, StatusCode.InvalidArgument, "ERR_PUBSUB_STREAM", message);

    public static DaprApiException StreamStopped() => new(503, StatusCode.Unavailable, "ERR_PUBSUB_STREAM", "the sidecar stops: the subscription has ended");

    /// <summary>Where the JSON of a request is wrong; the exception's own text names types of this runtime.</summary>
    public static string InJson(this JsonException e) => $"invalid character in JSON, or not what is expected, at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";

    private static DaprApiException Of(
        int http, StatusCode grpc, string code, string reason, string message, string pubSub, params (string Name, string Value)[] metadata) =>
        new(http, grpc, code, message)
        {
            Reason = $"DAPR_PUBSUB_{reason}",
            Resource = ("pubsub", pubSub, "", message),
            Metadata = metadata.ToDictionary(entry => entry.Name, entry => entry.Value),
        };
}
