using System.Net;
using System.Net.Sockets;
using DaprShop.Sidecar.Invocation;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Sidecar.Tests.Invocation;

public sealed class AppChannelTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private TcpListener _app = new(IPAddress.Loopback, 0);
    private AppChannel _channel = null!;
    private int _port;

    public Task InitializeAsync()
    {
        _app.Start();
        _port = ((IPEndPoint)_app.LocalEndpoint).Port;
        _channel = new AppChannel(new SidecarOptions { AppId = "app", AppPort = _port }, TimeProvider.System, NullLoggerFactory.Instance);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _channel.DisposeAsync();
        _app.Dispose();
    }

    [Fact]
    public async Task The_port_is_dialled_until_the_app_listens()
    {
        Restart(() => Assert.False(_channel.WaitForPortAsync(CancellationToken.None).IsCompleted));

        await _channel.WaitUntilHealthyAsync(CancellationToken.None).WaitAsync(Patience);

        Assert.True(_channel.IsHealthy);
    }

    [Fact]
    public async Task An_app_that_refuses_a_call_is_away_until_its_port_answers_again()
    {
        await _channel.WaitForPortAsync(CancellationToken.None).WaitAsync(Patience);
        _app.Stop();

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/x", UriKind.Relative));
        await Assert.ThrowsAsync<AppUnreachableException>(() => _channel.SendAsync(request, CancellationToken.None));
        var back = _channel.WaitUntilHealthyAsync(CancellationToken.None);

        Assert.False(_channel.IsHealthy);
        Assert.False(back.IsCompleted);
        Restart(() => { });
        await back.WaitAsync(Patience);
        Assert.True(_channel.IsHealthy);
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var waiting = _channel.WaitUntilHealthyAsync(cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private void Restart(Action whileAway)
    {
        _app.Stop();
        whileAway();
        _app = new TcpListener(IPAddress.Loopback, _port);
        _app.Start();
    }
}
