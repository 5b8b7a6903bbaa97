using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Http;

/// <summary>Turns exceptions into Dapr's error JSON. What nobody expected is logged and answered without its text.</summary>
internal sealed partial class HttpErrors(RequestDelegate next, ILogger<HttpErrors> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested)
        {
            LogAborted(e, context.Request.Method, context.Request.Path);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, Translate(context, e)).ConfigureAwait(false);
        }
    }

    /// <summary>Writes an error as the HTTP API does.</summary>
    public static async Task WriteAsync(HttpContext context, DaprApiException error)
    {
        context.Sidecar().Metrics.Errors?.Add(error.ErrorCode);
        var response = context.Response;
        response.Clear();
        response.StatusCode = error.HttpStatus;
        response.ContentType = "application/json";
        if (context.Sidecar().Tracing.IsOn && context.TraceParent() is { Length: > 0 } span)
        {
            response.Headers.TraceParent = span;
        }

        if (error.AnswerMetadata is { } answer)
        {
            response.SetAnswerMetadata(answer);
        }

        await using var writer = new Utf8JsonWriter(response.BodyWriter);
        Write(writer, error);
        await writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private DaprApiException Translate(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case DaprApiException error:
                return error;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new DaprApiException(400, StatusCode.InvalidArgument, "ERR_MALFORMED_REQUEST", BodyLimit.TooLarge);
            case BadHttpRequestException bad:
                return new DaprApiException(bad.StatusCode, StatusCode.InvalidArgument, "ERR_MALFORMED_REQUEST", bad.Message);
            case StorageException full:
                LogUnexpected(full, context.Sidecar().AppId, context.Request.Method, context.Request.Path);
                return new DaprApiException(500, StatusCode.Internal, "ERR_INTERNAL", full.Message);
            default:
                LogUnexpected(exception, context.Sidecar().AppId, context.Request.Method, context.Request.Path);
                return new DaprApiException(500, StatusCode.Internal, "ERR_INTERNAL", "internal error");
        }
    }

    private static void Write(Utf8JsonWriter writer, DaprApiException error)
    {
        writer.WriteStartObject();
        writer.WriteString("errorCode", error.ErrorCode);
        writer.WriteString("message", error.Message);
        if (error.Reason is not null)
        {
            writer.WriteStartArray("details");
            WriteDetails(writer, error);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter writer, DaprApiException error)
    {
        if (error.FieldViolation is { } violation)
        {
            WriteStart(writer, "BadRequest");
            writer.WriteStartArray("field_violations");
            writer.WriteStartObject();
            writer.WriteString("field", violation.Field);
            writer.WriteString("description", violation.Description);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        if (error.Resource is { } resource)
        {
            WriteStart(writer, "ResourceInfo");
            writer.WriteString("resource_type", resource.Type);
            writer.WriteString("resource_name", resource.Name);
            writer.WriteString("owner", resource.Owner);
            writer.WriteString("description", resource.Description);
            writer.WriteEndObject();
        }

        WriteStart(writer, "ErrorInfo");
        writer.WriteString("domain", "dapr.io");
        writer.WriteString("reason", error.Reason);
        WriteMetadata(writer, error.Metadata);
        writer.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null)
        {
            writer.WriteNull("metadata");
            return;
        }

        writer.WriteStartObject("metadata");
        foreach (var (name, value) in metadata)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteStart(Utf8JsonWriter writer, string type)
    {
        writer.WriteStartObject();
        writer.WriteString("@type", $"type.googleapis.com/google.rpc.{type}");
    }

    [LoggerMessage(LogLevel.Debug, "{Method} {Path}: the caller went away")]
    private partial void LogAborted(Exception exception, string method, PathString path);

    [LoggerMessage(LogLevel.Error, "{AppId}: {Method} {Path} failed unexpectedly")]
    private partial void LogUnexpected(Exception exception, string appId, string method, PathString path);
}
