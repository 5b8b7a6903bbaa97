using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using DaprShop.Sidecar.Tests.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace DaprShop.Sidecar.Tests.Hostile;

/// <summary>A sidecar in a process of its own, so that its memory can be watched, with an app that answers. Bodies may have 1 MiB.</summary>
public sealed class Victim : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RunFolder _folder = new RunFolder().With("components/store.yaml", """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: store}
        spec: {type: state.sqlite, version: v1, metadata: [{name: connectionString, value: state.db}]}
        """);

    private WebApplication _app = null!;
    private HostProcess _host = null!;
    private HttpClient _http = null!;

    public int HttpPort { get; } = FreePorts.Next();

    public int GrpcPort { get; } = FreePorts.Next();

    public long Memory => _host.ResidentBytes;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/sink", async (Microsoft.AspNetCore.Http.HttpRequest request) => await request.Body.CopyToAsync(Stream.Null));
        _app.MapGet("/ping", () => "pong");
        await _app.StartAsync();
        _host = HostProcess.Start(
            _folder, "--app-id", "victim", "--app-port", $"{new Uri(_app.Urls.Single()).Port}", "--dapr-http-port", $"{HttpPort}", "--dapr-grpc-port", $"{GrpcPort}",
            "--enable-metrics=false", "--dapr-http-max-request-size", "1", "--resources-path", _folder.At("components"), "--peers", "peers");
        await _host.ReadyAsync();
        await _host.LineAsync("dapr initialized. Status: Running.");
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{HttpPort}"), Timeout = Patience };
        await ServesAsync();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>State and invocation work as for any client.</summary>
    public async Task ServesAsync()
    {
        var value = Guid.NewGuid().ToString();
        using var saved = await _http.PostAsJsonAsync("/v1.0/state/store", new[] { new { key = "k", value } });
        Assert.Equal(HttpStatusCode.NoContent, saved.StatusCode);
        Assert.Equal($"\"{value}\"", await _http.GetStringAsync("/v1.0/state/store/k"));
        Assert.Equal("pong", await _http.GetStringAsync("/v1.0/invoke/victim/method/ping"));
    }

    public static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    /// <summary>All that the other side sends until it closes the connection, which it must.</summary>
    public static async Task<string> UntilClosedAsync(Socket socket)
    {
        using var timeout = new CancellationTokenSource(Patience);
        var (buffer, text) = (new byte[16 * 1024], new StringBuilder());
        try
        {
            while (await socket.ReceiveAsync(buffer, timeout.Token) is var read and > 0)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (SocketException)
        {
            // Reset: it did not want to read the rest.
        }

        return text.ToString();
    }
}
