using System.Collections.Frozen;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace DaprShop.Sidecar.Invocation;

/// <summary>
/// A method of an app that speaks gRPC, called over HTTP or by InvokeService: AppCallback.OnInvoke. Its answer becomes an HTTP
/// response; a refusal is the JSON of its google.rpc.Status.
/// </summary>
internal static class GrpcInvocation
{
    // As daprd: what has a meaning of its own in HTTP travels under another name.
    private static readonly FrozenSet<string> s_permanent = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "accept", "accept-charset", "accept-language", "accept-ranges", "authorization", "cache-control", "cookie", "date", "expect", "from",
        "if-match", "if-modified-since", "if-none-match", "if-unmodified-since", "max-forwards", "origin", "pragma", "referer", "user-agent", "via",
        "warning");

    /// <summary>Calls the app with what <paramref name="message"/> would have brought to an HTTP app.</summary>
    public static async Task<InvocationResponse> SendAsync(
        AppChannel app, InvocationRequest request, HttpRequestMessage message, CancellationToken cancellationToken)
    {
        var body = message.Content is null ? [] : await message.Content.ReadAsByteArrayAsync(cancellationToken);
        var call = new InvokeRequest
        {
            Method = Uri.UnescapeDataString(request.Path.TrimStart('/')),
            ContentType = message.Content?.Headers.ContentType?.ToString() ?? "",
            Data = new Any { Value = UnsafeByteOperations.UnsafeWrap(body) },
            HttpExtension = new HTTPExtension
            {
                Verb = System.Enum.TryParse<HTTPExtension.Types.Verb>(request.Verb, ignoreCase: true, out var verb) ? verb : HTTPExtension.Types.Verb.None,
                Querystring = request.Query.TrimStart('?'),
            },
        };
        try
        {
            var (answer, headers) = await app.Callbacks.OnInvokeAsync(call, MetadataOf(message.Headers), cancellationToken);
            return new InvocationResponse(ResponseOf(answer, headers), request.Body, null);
        }
        catch (RpcException refusal)
        {
            return new InvocationResponse(ResponseOf(refusal), request.Body, null) { Refusal = refusal };
        }
    }

    private static Metadata MetadataOf(HttpRequestHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            if (name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)
                || name.EndsWith("-bin", StringComparison.OrdinalIgnoreCase)
                || InvocationHeaders.IsHopByHop(name)
                || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            {
                continue;
            }

            foreach (var value in values.Where(value => Ascii.IsValid(value)))
            {
                metadata.Add(s_permanent.Contains(name) ? $"dapr-{name}" : name, value);
            }
        }

        return metadata;
    }

    private static HttpResponseMessage ResponseOf(InvokeResponse answer, Metadata headers)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ReadOnlyMemoryContent((answer.Data?.Value ?? ByteString.Empty).Memory) };
        if (answer.ContentType.Length > 0)
        {
            response.Content.Headers.TryAddWithoutValidation("Content-Type", answer.ContentType);
        }

        foreach (var header in headers.Where(header => !header.IsBinary && header.Key is not ("content-type" or "content-length" or "date" or "server")))
        {
            response.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        return response;
    }

    private static HttpResponseMessage ResponseOf(RpcException refusal)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("code", (int)refusal.StatusCode);
            writer.WriteString("message", refusal.Status.Detail);
            writer.WriteEndObject();
        }

        var content = new ByteArrayContent(buffer.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpResponseMessage(HttpStatusOf(refusal.StatusCode)) { Content = content };
    }

    private static HttpStatusCode HttpStatusOf(StatusCode status) => status switch
    {
        StatusCode.OK => HttpStatusCode.OK,
        StatusCode.Cancelled => HttpStatusCode.RequestTimeout,
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => HttpStatusCode.BadRequest,
        StatusCode.DeadlineExceeded => HttpStatusCode.GatewayTimeout,
        StatusCode.NotFound => HttpStatusCode.NotFound,
        StatusCode.AlreadyExists or StatusCode.Aborted => HttpStatusCode.Conflict,
        StatusCode.PermissionDenied => HttpStatusCode.Forbidden,
        StatusCode.Unauthenticated => HttpStatusCode.Unauthorized,
        StatusCode.ResourceExhausted => HttpStatusCode.TooManyRequests,
        StatusCode.Unimplemented => HttpStatusCode.NotImplemented,
        StatusCode.Unavailable => HttpStatusCode.ServiceUnavailable,
        _ => HttpStatusCode.InternalServerError,
    };
}
