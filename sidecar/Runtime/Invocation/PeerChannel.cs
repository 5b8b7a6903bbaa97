using System.Globalization;
using System.Net;

namespace DaprShop.Sidecar.Invocation;

/// <summary>
/// Calls of an app whose sidecar is another process: that sidecar's API is called in the caller's name, and it checks and forwards
/// as if both were in one process. Its refusals come back as they are.
/// </summary>
internal static class PeerChannel
{
    /// <summary>Header with the called sidecar's token: the call comes from another sidecar, whose word on the caller counts.</summary>
    public const string TokenHeader = "dapr-peer-token";

    private static readonly HttpMessageInvoker Http = new(AppHttpHandler.Create());

    private static uint s_turn;

    /// <summary>Sends to the first peer that takes the connection; one that does not is forgotten.</summary>
    public static async Task<InvocationResponse> SendAsync(
        SidecarOptions caller, Peers peers, IReadOnlyList<Peer> instances, InvocationRequest request, CancellationToken cancellationToken)
    {
        var first = Interlocked.Increment(ref s_turn);
        for (var tried = 0u; ; tried++)
        {
            var peer = instances[(int)((first + tried) % instances.Count)];
            try
            {
                return new InvocationResponse(await Http.SendAsync(Message(caller, peer, request), cancellationToken), request.Body, app: null);
            }
            catch (HttpRequestException failure) when (failure.HttpRequestError is HttpRequestError.ConnectionError)
            {
                peers.Forget(peer);
                if (tried + 1 == instances.Count)
                {
                    throw new AppUnreachableException(peer.AppId, failure);
                }
            }
            catch
            {
                await request.Body.StopAsync();
                throw;
            }
        }
    }

    private static HttpRequestMessage Message(SidecarOptions caller, Peer peer, InvocationRequest request)
    {
        var port = (request.IsGrpc ? peer.GrpcPort : peer.HttpPort).ToString(CultureInfo.InvariantCulture);
        var path = request.IsGrpc ? request.Path : $"/v1.0/invoke/{peer.AppId}/method{request.Path}{request.Query}";
        var message = new HttpRequestMessage(HttpMethod.Parse(request.Verb), (Uri?)null)
        {
            // Escaped already, as for the app itself.
            RequestUri = new Uri($"http://127.0.0.1:{port}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }),
            Content = request.Body.ToContent(),
            Version = request.IsGrpc ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        InvocationHeaders.Copy(request, message, caller, peer.AppId, request.TraceParent);
        message.Headers.TryAddWithoutValidation(TokenHeader, peer.Token);
        return message;
    }
}
