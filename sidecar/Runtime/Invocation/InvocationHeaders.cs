using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Invocation;

/// <summary>Which headers travel with an invocation, and which the sidecar adds.</summary>
internal static class InvocationHeaders
{
    public const string AppId = "dapr-app-id";
    public const string TraceParent = "traceparent";
    public const string CalleeAppId = "dapr-callee-app-id";
    public const string CallerAppId = "dapr-caller-app-id";

    private const string CallerNamespace = "dapr-caller-namespace";
    private const string Address = "127.0.0.1";

    private static readonly string Forwarded = $"for={Address};by={Address};host={Environment.MachineName}";

    private static readonly string Namespace = Environment.GetEnvironmentVariable("NAMESPACE") is { Length: > 0 } name ? name : "default";

    private static readonly string NamespaceSuffix = "." + Namespace;

    private static readonly FrozenSet<string> HopByHop = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding",
        "Upgrade");

    private static readonly FrozenSet<string> NotForwarded = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, [.. HopByHop, "Host", "Expect", "Content-Length", AppId]);

    private static readonly FrozenSet<string> WrittenBySidecar = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, CallerAppId, CallerNamespace, CalleeAppId);

    public static bool IsHopByHop(string name) => HopByHop.Contains(name);

    /// <summary><c>id.namespace</c> is the app id alone when the namespace is ours; app ids have no dots.</summary>
    public static string WithoutNamespace(string target) =>
        target.EndsWith(NamespaceSuffix, StringComparison.Ordinal) ? target[..^NamespaceSuffix.Length] : target;

    /// <summary>Copies the caller's headers to the request for the app.</summary>
    /// <param name="request">The call.</param>
    /// <param name="message">What goes to the app; its content is already set.</param>
    /// <param name="caller">Whose call it is.</param>
    /// <param name="callee">The app id called; null when it is not another app: then nothing is added.</param>
    /// <param name="traceParent">The span that the callee is told of; null leaves the caller's headers as they are.</param>
    public static void Copy(InvocationRequest request, HttpRequestMessage message, SidecarOptions caller, string? callee, string? traceParent)
    {
        foreach (var (name, values) in request.Headers)
        {
            if (NotForwarded.Contains(name)
                || (callee is not null && WrittenBySidecar.Contains(name))
                || (caller.ApiToken is not null && name.Equals(AppChannel.TokenHeader, StringComparison.OrdinalIgnoreCase))
                || (traceParent is not null && name.Equals(TraceParent, StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            if (values.Count == 1)
            {
                Add(message, name, values[0]);
            }
            else
            {
                foreach (var value in values)
                {
                    Add(message, name, value);
                }
            }
        }

        if (traceParent is not null)
        {
            Add(message, TraceParent, traceParent);
        }

        if (request.IsGrpc)
        {
            message.Headers.TE.ParseAdd("trailers");
        }
        else if (callee is not null)
        {
            Add(message, "X-Forwarded-For", Address);
            Add(message, "X-Forwarded-Host", Environment.MachineName);
            Add(message, "Forwarded", Forwarded);
        }

        if (callee is not null)
        {
            Add(message, CallerAppId, caller.AppId);
            Add(message, CallerNamespace, Namespace);
            Add(message, CalleeAppId, callee);
        }
    }

    /// <summary>Headers of the response that go back to the caller.</summary>
    public static void CopyBack(HttpResponseMessage message, IHeaderDictionary headers)
    {
        foreach (var (name, values) in message.Headers.NonValidated)
        {
            if (!HopByHop.Contains(name))
            {
                headers[name] = values.Count == 1 ? values.ToString() : values.ToArray();
            }
        }

        foreach (var (name, values) in message.Content.Headers.NonValidated)
        {
            headers[name] = values.Count == 1 ? values.ToString() : values.ToArray();
        }
    }

    private static void Add(HttpRequestMessage message, string name, string? value)
    {
        // Content-Type and its like belong to the content; a request without a body may carry them too.
        if (!message.Headers.TryAddWithoutValidation(name, value))
        {
            message.Content ??= new ByteArrayContent([]);
            message.Content.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
