using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Bindings;

/// <summary>
/// bindings.http: an operation is an HTTP method. The request's metadata <c>path</c> is appended to the URL, and names that
/// begin with a capital letter are headers.
/// </summary>
internal sealed class HttpOutputBinding : IDisposable
{
    private const string Json = "application/json; charset=utf-8";
    private const string ErrorIfNot2XX = "errorIfNot2XX";

    // As in Dapr.
    private const int LargestAnswer = 100 * 1024 * 1024;

    private readonly string _url;
    private readonly bool _errorIfNot2XX;
    private readonly HttpClient _http;

    /// <summary>Throws <see cref="InvalidDataException"/> for metadata that cannot be used.</summary>
    public HttpOutputBinding(Component component)
    {
        _url = component.Metadata.GetValueOrDefault("url", "");
        if (!Uri.TryCreate(_url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new InvalidDataException($"url '{_url}' is not an absolute http or https URL");
        }

        _errorIfNot2XX = IsError(component.Metadata) ?? true;
        var handler = AppHttpHandler.Create(checkCertificates: true);
        handler.AllowAutoRedirect = true;
        _http = new HttpClient(handler)
        {
            MaxResponseContentBufferSize = LargestAnswer,
            Timeout = TimeoutOf(component),
        };
    }

    public static IReadOnlyList<string> Operations { get; } =
        ["create", "get", "head", "post", "put", "patch", "delete", "options", "trace"];

    /// <summary>Sends the request. Throws <see cref="BindingFailedException"/> when there is no answer, or it is an error.</summary>
    public async Task<BindingResponse> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        using var message = MessageOf(request);
        try
        {
            using var response = await _http.SendAsync(message, cancellationToken).ConfigureAwait(false);
            var metadata = MetadataOf(response);
            return response.IsSuccessStatusCode || !(IsError(request.Metadata) ?? _errorIfNot2XX)
                ? new BindingResponse(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), metadata)
                : throw new BindingFailedException($"received status code {(int)response.StatusCode}", metadata);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new BindingFailedException($"{message.Method} \"{message.RequestUri}\": {e.Message}", answer: null, e);
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage MessageOf(BindingRequest request)
    {
        var method = request.Operation == "create" ? HttpMethod.Post : HttpMethod.Parse(request.Operation.ToUpperInvariant());
        var message = new HttpRequestMessage(method, UriOf(request));
        if (method == HttpMethod.Post || method == HttpMethod.Put || method == HttpMethod.Patch || method == HttpMethod.Delete)
        {
            message.Content = new ByteArrayContent(BodyOf(request.Data));
            message.Content.Headers.TryAddWithoutValidation("Content-Type", request.Metadata.GetValueOrDefault("Content-Type", Json));
        }

        message.Headers.TryAddWithoutValidation("Accept", request.Metadata.GetValueOrDefault("Accept", Json));
        foreach (var (name, value) in request.Metadata)
        {
            if (name is not ("Accept" or "Content-Type" or "Content-Length") && (name is "traceparent" or "tracestate" || name is [>= 'A' and <= 'Z', ..]))
            {
                _ = message.Headers.TryAddWithoutValidation(name, value) || message.Content?.Headers.TryAddWithoutValidation(name, value) == true;
            }
        }

        return message;
    }

    private Uri UriOf(BindingRequest request)
    {
        if (!request.Metadata.TryGetValue("path", out var path))
        {
            return new Uri(_url);
        }

        // A path must not lead out of what the component's author has opened.
        return path.Split('?')[0].Split('/').Contains("..") || !Uri.TryCreate($"{_url.TrimEnd('/')}/{path.TrimStart('/')}", UriKind.Absolute, out var uri)
            ? throw new BindingFailedException($"invalid path: {path}", answer: null)
            : uri;
    }

    /// <summary>Over HTTP the data is JSON: a JSON string stands for its text.</summary>
    private static byte[] BodyOf(ReadOnlyMemory<byte> data)
    {
        if (data.Span is not [(byte)'"', .., (byte)'"'])
        {
            return data.ToArray();
        }

        try
        {
            return System.Text.Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<string>(data.Span)!);
        }
        catch (JsonException)
        {
            // Bytes that happen to stand between quotes.
            return data.ToArray();
        }
    }

    private static Dictionary<string, string> MetadataOf(HttpResponseMessage response)
    {
        var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        var metadata = new Dictionary<string, string> { ["statusCode"] = status, ["status"] = $"{status} {response.ReasonPhrase}".TrimEnd() };
        HttpHeaders[] all = [response.Headers, response.Content.Headers];
        foreach (var (name, values) in all.SelectMany(headers => headers.NonValidated))
        {
            metadata[name] = string.Join(", ", values);
        }

        return metadata;
    }

    private static bool? IsError(IReadOnlyDictionary<string, string> metadata) =>
        metadata.TryGetValue(ErrorIfNot2XX, out var text) ? text is not ("false" or "False" or "0" or "no" or "n" or "off") : null;

    private static TimeSpan TimeoutOf(Component component)
    {
        if (component.Metadata.GetValueOrDefault("responseTimeout") is not { Length: > 0 } text)
        {
            return Timeout.InfiniteTimeSpan;
        }

        return GoDuration.TryParse(text, out var timeout) && timeout > TimeSpan.Zero
            ? timeout
            : throw new InvalidDataException($"responseTimeout '{text}' is not a duration above 0, {GoDuration.Expected}");
    }
}
