using Grpc.Core;

namespace DaprShop.Sidecar;

/// <summary>
/// An answer of the Dapr API that is not a success, written once by the building block and translated by Http/ and Grpc/.
/// <paramref name="errorCode"/> is Dapr's code (ERR_…); a <see cref="Reason"/> (DAPR_…) makes it an error with details
/// (google.rpc.ErrorInfo, domain dapr.io).
/// </summary>
public sealed class DaprApiException(int httpStatus, StatusCode grpcStatus, string errorCode, string message) : Exception(message)
{
    /// <summary>HTTP status code, 400 to 599.</summary>
    public int HttpStatus => httpStatus;

    /// <summary>gRPC status code.</summary>
    public StatusCode GrpcStatus => grpcStatus;

    /// <summary>Dapr's error code, such as <c>ERR_STATE_GET</c>.</summary>
    public string ErrorCode => errorCode;

    /// <summary>ErrorInfo reason, such as <c>DAPR_STATE_NOT_FOUND</c>; null for an error without details.</summary>
    public string? Reason { get; init; }

    /// <summary>ErrorInfo metadata.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>What the component answered all the same (output bindings): over HTTP the headers <c>metadata.NAME</c>.</summary>
    public IReadOnlyDictionary<string, string>? AnswerMetadata { get; init; }

    /// <summary>ResourceInfo: type, name, owner and description; null when there is none.</summary>
    public (string Type, string Name, string Owner, string Description)? Resource { get; init; }

    /// <summary>BadRequest field violation: field and description; null when there is none.</summary>
    public (string Field, string Description)? FieldViolation { get; init; }
}
