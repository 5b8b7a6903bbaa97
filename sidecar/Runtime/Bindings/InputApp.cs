using System.Net;
using System.Net.Http.Headers;
using Dapr.AppCallback.Autogen.Grpc.v1;
using DaprShop.Sidecar.Invocation;
using Grpc.Core;

namespace DaprShop.Sidecar.Bindings;

/// <summary>The app as the receiver of input bindings' events: by HTTP, or by AppCallback when it speaks gRPC.</summary>
internal sealed partial class InputApp
{
    private readonly Sidecar _sidecar;
    private readonly ILogger _logger;
    private readonly IReadOnlyCollection<string> _announced;

    private InputApp(Sidecar sidecar, ILogger logger, IReadOnlyCollection<string> announced) =>
        (_sidecar, _logger, _announced) = (sidecar, logger, announced);

    /// <summary>Asks a gRPC app which bindings it wants (ListInputBindings); others are asked one by one.</summary>
    public static async Task<InputApp> OpenAsync(Sidecar sidecar, ILogger logger, CancellationToken cancellationToken)
    {
        if (!sidecar.App.SpeaksGrpc)
        {
            return new InputApp(sidecar, logger, []);
        }

        try
        {
            var answer = await sidecar.App.Callbacks.ListInputBindingsAsync(cancellationToken).ConfigureAwait(false);
            return new InputApp(sidecar, logger, answer.Bindings);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            return new InputApp(sidecar, logger, []);
        }
        catch (Exception e) when (e is RpcException or AppUnreachableException or HttpRequestException or IOException)
        {
            LogNotListed(logger, sidecar.AppId, e.Message);
            return new InputApp(sidecar, logger, []);
        }
    }

    /// <summary>Whether the app takes the binding's events. An HTTP app says so by OPTIONS, where 2xx and 405 are a yes.</summary>
    public async Task<bool> WantsAsync(string binding, Uri route, CancellationToken cancellationToken)
    {
        if (_sidecar.App.SpeaksGrpc)
        {
            return _announced.Contains(binding);
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, route);
            using var response = await _sidecar.App.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var wanted = response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.MethodNotAllowed;
            if (!wanted && response.StatusCode != HttpStatusCode.NotFound)
            {
                LogNotAsked(_logger, _sidecar.AppId, binding, $"the app answered {(int)response.StatusCode} to OPTIONS {route}");
            }

            return wanted;
        }
        catch (Exception e) when (e is AppUnreachableException or HttpRequestException)
        {
            LogNotAsked(_logger, _sidecar.AppId, binding, e.Message);
            return false;
        }
    }

    /// <summary>Sends an event without data and gives the status of the app's refusal, HTTP or gRPC; null when it was taken.</summary>
    public Task<int?> SendAsync(string binding, Uri route, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) =>
        _sidecar.App.SpeaksGrpc ? CallAsync(binding, metadata, cancellationToken) : PostAsync(route, metadata, cancellationToken);

    private async Task<int?> PostAsync(Uri route, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = new ByteArrayContent([]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in metadata)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _sidecar.App.SendAsync(request, cancellationToken).ConfigureAwait(false);
        // Only 200 is a success, any other answer is one that a policy may retry.
        return (int)response.StatusCode switch
        {
            200 => null,
            >= 200 and <= 399 => 500,
            var status => status,
        };
    }

    private async Task<int?> CallAsync(string binding, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var request = new BindingEventRequest { Name = binding };
        request.Metadata.Add(metadata.ToDictionary());
        try
        {
            await _sidecar.App.Callbacks.OnBindingEventAsync(request, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (RpcException e)
        {
            return (int)e.StatusCode;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{AppId}: input binding {Binding} is not started: {Reason}")]
    private static partial void LogNotAsked(ILogger logger, string appId, string binding, string reason);

    [LoggerMessage(LogLevel.Warning, "{AppId}: the app's input bindings could not be listed: {Error}")]
    private static partial void LogNotListed(ILogger logger, string appId, string error);
}
