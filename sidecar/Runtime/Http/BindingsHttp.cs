using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DaprShop.Sidecar.Bindings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>POST or PUT /v1.0/bindings/{name}: calls an output binding.</summary>
internal static class BindingsHttp
{
    private static readonly string[] s_methods = [HttpMethods.Post, HttpMethods.Put];
    private static readonly JsonSerializerOptions s_relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void MapBindings(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapMethods("/v1.0/bindings/{name}", s_methods, (RequestDelegate)InvokeAsync);

    private static async Task InvokeAsync(HttpContext context)
    {
        var request = await ReadAsync(context).ConfigureAwait(false);
        var response = await context.Sidecar().Bindings
            .InvokeAsync(context.RouteText("name"), request, context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/json";
        context.Response.SetAnswerMetadata(response.Metadata);
        await context.Response.Body.WriteAsync(response.Data, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>What a component answered beside its data, as headers <c>metadata.NAME</c>; what cannot be a header is left out.</summary>
    public static void SetAnswerMetadata(this HttpResponse response, IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (name, value) in metadata)
        {
            if (Ascii.IsValid(value) && !value.Any(char.IsControl))
            {
                response.Headers[$"metadata.{name}"] = value;
            }
        }
    }

    private static async Task<BindingRequest> ReadAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context, JsonValueKind.Object, "failed deserializing HTTP body: ").ConfigureAwait(false);
        var request = body.RootElement;
        var metadata = request.TextMap("metadata");
        if (context.TraceParent() is { Length: > 0 } span)
        {
            metadata["traceparent"] = span;
            if (context.TraceState() is { Length: > 0 } state)
            {
                metadata["tracestate"] = state;
            }
        }

        // Without the white space of the request, as daprd hands it on.
        var data = request.TryGetProperty("data", out var value) ? JsonSerializer.SerializeToUtf8Bytes(value, s_relaxed) : [];
        return new BindingRequest(request.Text("operation"), data, metadata);
    }
}
