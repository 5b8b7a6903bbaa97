using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DaprShop.Sidecar.Observability;
using Grpc.Core;

namespace DaprShop.Sidecar.Invocation;

/// <summary>The sidecar's connection to its app: every call of invocation, pub/sub delivery and workflow call-backs goes through it.</summary>
internal sealed partial class AppChannel : IAsyncDisposable
{
    /// <summary>Header that carries the app's token to the app, and the sidecar's token to the sidecar.</summary>
    public const string TokenHeader = "dapr-api-token";

    private static readonly TimeSpan DialInterval = TimeSpan.FromMilliseconds(100);

    private readonly SidecarOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SidecarMetrics? _metrics;
    private readonly HttpMessageInvoker _http;
    private readonly string _address;
    private readonly Version _version;
    private readonly HttpVersionPolicy _versionPolicy;
    private readonly SemaphoreSlim? _slots;
    private readonly AppHealth _health;
    private readonly Lazy<AppCallbacks> _callbacks;
    private readonly CancellationTokenSource _stopping = new();
    private Task _probing = Task.CompletedTask;
    private Task _redialling = Task.CompletedTask;

    public AppChannel(SidecarOptions options, TimeProvider time, ILoggerFactory loggers, SidecarMetrics? metrics = null)
    {
        _metrics = metrics;
        _options = options;
        _time = time;
        _logger = loggers.CreateLogger("dapr.runtime.channel");
        _http = new HttpMessageInvoker(AppHttpHandler.Create());
        _health = new AppHealth(probed: options.AppHealth is not null);
        _slots = options.AppMaxConcurrency > 0 ? new SemaphoreSlim(options.AppMaxConcurrency) : null;

        var secure = options.AppProtocol is "https" or "grpcs";
        var http2 = options.AppProtocol is "h2c" or "grpc" or "grpcs";
        var port = options.AppPort.ToString(CultureInfo.InvariantCulture);
        _address = $"{(secure ? "https" : "http")}://{options.AppChannelAddress}:{port}";
        _version = http2 || secure ? HttpVersion.Version20 : HttpVersion.Version11;
        _callbacks = new Lazy<AppCallbacks>(() => new AppCallbacks(this, options.MaxBodySize, metrics?.Grpc));
        _versionPolicy = http2 ? HttpVersionPolicy.RequestVersionExact : HttpVersionPolicy.RequestVersionOrLower;
    }

    /// <summary>False when the app has no port: nothing can be delivered to it.</summary>
    public bool Exists => _options.AppPort > 0;

    /// <summary>The app serves gRPC services of its own (appProtocol grpc or grpcs).</summary>
    public bool SpeaksGrpc => _options.AppProtocol is "grpc" or "grpcs";

    /// <summary>The call-back services of an app that <see cref="SpeaksGrpc"/>.</summary>
    public AppCallbacks Callbacks => _callbacks.Value;

    /// <summary>The app answered its port and, where probes are on, its last probes.</summary>
    public bool IsHealthy => _health.IsHealthy;

    /// <summary>The last dial or call reached the app; false from a refused connection until its port answers again.</summary>
    public bool PortAnswers => _health.PortAnswers;

    /// <summary>The app's health probes pass, or there are none.</summary>
    public bool ProbesPass => _health.ProbesPass;

    /// <summary>Completes when the app takes deliveries: at once while <see cref="IsHealthy"/>, else with its next healthy probe or open port.</summary>
    public Task WaitUntilHealthyAsync(CancellationToken cancellationToken) => _health.WaitUntilHealthyAsync(cancellationToken);

    /// <summary>Completes when the app takes nothing any more: its port was found closed, or its probes failed.</summary>
    public Task WaitUntilUnhealthyAsync(CancellationToken cancellationToken) => _health.WaitUntilUnhealthyAsync(cancellationToken);

    /// <summary>
    /// Waits until the app's port accepts connections (dialled every 100 ms, for ever); probes, where they are on, begin then.
    /// </summary>
    public async Task WaitForPortAsync(CancellationToken cancellationToken)
    {
        await DialAsync(cancellationToken);
        if (_options.AppHealth is { } probes)
        {
            _probing = ProbeAsync(probes, _stopping.Token);
        }
    }

    /// <summary>
    /// Sends a request with a relative URI to the app; streaming both ways, no redirects followed, the app token added,
    /// at most <see cref="SidecarOptions.AppMaxConcurrency"/> in flight. The response's headers are read, its body is not,
    /// unless there is such a limit: then the body is read too, so that its slot covers the whole call.
    /// Throws <see cref="AppUnreachableException"/> when the app does not take the connection.
    /// </summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await EnterAsync(cancellationToken);
        try
        {
            var response = await SendInSlotAsync(request, cancellationToken);
            if (_slots is not null)
            {
                await response.Content.LoadIntoBufferAsync(cancellationToken);
            }

            return response;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Takes one of the app's slots; <see cref="Leave"/> gives it back. For callers that stream the response.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) => _slots?.WaitAsync(cancellationToken) ?? Task.CompletedTask;

    public void Leave() => _slots?.Release();

    /// <summary><see cref="SendAsync"/> for a caller that holds a slot.</summary>
    public async Task<HttpResponseMessage> SendInSlotAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var response = await SendUncountedAsync(request, cancellationToken);
        _metrics?.Http.Sent(request, response, started);
        return response;
    }

    /// <summary><see cref="SendAsync"/> for probes, which take no slot and are counted apart.</summary>
    public async Task<HttpResponseMessage> SendUncountedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Version = _version;
        request.VersionPolicy = _versionPolicy;
        request.RequestUri = request.RequestUri is { IsAbsoluteUri: false } relative ? Resolve(relative.OriginalString) : request.RequestUri;
        if (_options.AppToken is { } token)
        {
            request.Headers.Remove(TokenHeader);
            request.Headers.TryAddWithoutValidation(TokenHeader, token);
        }

        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError is HttpRequestError.ConnectionError)
        {
            OnUnreachable();
            throw new AppUnreachableException(_options.AppId, failure);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler's own time-out, which is that of connecting.
            OnUnreachable();
            throw new AppUnreachableException(_options.AppId, failure);
        }
    }

    /// <summary>The app's URI for a path, which is sent as it is: escaping is done, and a second round would change it.</summary>
    public Uri Resolve(string pathAndQuery) =>
        new(
            pathAndQuery.StartsWith('/') ? _address + pathAndQuery : _address + "/" + pathAndQuery,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    /// <summary>Ends probing and dialling; calls can still be made.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_probing, _redialling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_callbacks.IsValueCreated)
        {
            _callbacks.Value.Dispose();
        }

        _http.Dispose();
        _slots?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>A restarting app is dialled until it is back, so that those who wait for it (deliveries) know.</summary>
    private void OnUnreachable()
    {
        if (_health.SetPortAnswers(false))
        {
            LogGone(_options.AppPort);
            _redialling = RedialAsync(_stopping.Token);
        }
    }

    private async Task RedialAsync(CancellationToken cancellationToken)
    {
        await DialAsync(cancellationToken);
        LogBack(_options.AppPort);
    }

    private async Task DialAsync(CancellationToken cancellationToken)
    {
        while (!await TryDialAsync(cancellationToken))
        {
            await Task.Delay(DialInterval, _time, cancellationToken);
        }

        _health.SetPortAnswers(true);
    }

    private async Task<bool> TryDialAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(_options.AppChannelAddress, _options.AppPort, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task ProbeAsync(AppHealthOptions options, CancellationToken cancellationToken)
    {
        for (var failures = 0; !cancellationToken.IsCancellationRequested;)
        {
            if (await ProbeOnceAsync(options, cancellationToken))
            {
                failures = 0;
                if (_health.SetProbesPass(true))
                {
                    LogHealthy();
                }
            }
            else if (++failures >= options.Threshold && _health.SetProbesPass(false))
            {
                LogUnhealthy(failures);
            }

            await Task.Delay(options.Interval, _time, cancellationToken);
        }
    }

    /// <summary>A probe does not take a slot: a busy app is not a sick one.</summary>
    private async Task<bool> ProbeOnceAsync(AppHealthOptions options, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var (started, status) = (Stopwatch.GetTimestamp(), 0);
        try
        {
            if (SpeaksGrpc)
            {
                await Callbacks.CheckHealthAsync(either.Token);
                status = (int)HttpStatusCode.OK;
                return true;
            }

            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.Path, UriKind.Relative));
            using var response = await SendUncountedAsync(request, either.Token);
            status = (int)response.StatusCode;
            return response.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or AppUnreachableException or IOException or RpcException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
        finally
        {
            _metrics?.Http.Probed(status, started);
        }
    }

    [LoggerMessage(LogLevel.Warning, "the application does not answer on port {Port}; waiting for it")]
    private partial void LogGone(int port);

    [LoggerMessage(LogLevel.Information, "the application answers again on port {Port}")]
    private partial void LogBack(int port);

    [LoggerMessage(LogLevel.Information, "the application is healthy")]
    private partial void LogHealthy();

    [LoggerMessage(LogLevel.Warning, "the application is not healthy: {Failures} probes failed")]
    private partial void LogUnhealthy(int failures);
}
