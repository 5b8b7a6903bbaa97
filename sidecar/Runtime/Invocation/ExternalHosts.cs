using System.Net;

namespace DaprShop.Sidecar.Invocation;

/// <summary>Invocation of a URL instead of an app id: the caller's policies apply, Dapr's headers are not added.</summary>
internal static class ExternalHosts
{
    private static readonly HttpMessageInvoker Http = new(AppHttpHandler.Create(checkCertificates: true));

    public static bool IsUrl(string target) =>
        target.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || target.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    public static async Task<InvocationResponse> SendAsync(SidecarOptions caller, InvocationRequest request, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(request.Target.TrimEnd('/') + request.Path + request.Query, UriKind.Absolute, out var uri))
        {
            throw InvocationErrors.Failed(request.Target, "invalid URL");
        }

        var message = new HttpRequestMessage(HttpMethod.Parse(request.Verb), uri)
        {
            Content = request.Body.ToContent(),
            Version = HttpVersion.Version11,
        };
        InvocationHeaders.Copy(request, message, caller, callee: null, request.TraceParent);
        try
        {
            return new InvocationResponse(await Http.SendAsync(message, cancellationToken), request.Body, app: null);
        }
        catch
        {
            await request.Body.StopAsync();
            throw;
        }
    }
}
