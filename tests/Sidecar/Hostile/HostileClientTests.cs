using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace DaprShop.Sidecar.Tests.Hostile;

/// <summary>Clients that mean harm: each gets an error or is cut off, and the others are served meanwhile.</summary>
public sealed class HostileClientTests(Victim victim) : IClassFixture<Victim>
{
    private const long MiB = 1024 * 1024;

    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    [Fact]
    public async Task A_body_that_drips_is_given_up()
    {
        using var socket = await Victim.ConnectAsync(victim.HttpPort);
        await socket.SendAsync("POST /v1.0/state/store HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n["u8.ToArray());
        using var done = new CancellationTokenSource();
        var dripping = DripAsync(socket, " "u8.ToArray(), done.Token);

        await victim.ServesAsync();
        var answer = await Victim.UntilClosedAsync(socket);
        await done.CancelAsync();
        await dripping;

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("ERR_MALFORMED_REQUEST", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_that_do_not_end_are_given_up()
    {
        using var socket = await Victim.ConnectAsync(victim.HttpPort);
        await socket.SendAsync("GET /v1.0/metadata HTTP/1.1\r\nHost: x\r\nX-Slow: "u8.ToArray());
        using var done = new CancellationTokenSource();
        var dripping = DripAsync(socket, "x"u8.ToArray(), done.Token);

        await victim.ServesAsync();
        var answer = await Victim.UntilClosedAsync(socket);
        await done.CancelAsync();
        await dripping;

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 4_000_000)]
    [InlineData(100_000, 16)]
    public async Task Huge_headers_are_refused(int count, int length)
    {
        var memory = victim.Memory;
        using var socket = await Victim.ConnectAsync(victim.HttpPort);
        var headers = new StringBuilder("GET /v1.0/metadata HTTP/1.1\r\nHost: x\r\n");
        for (var i = 0; i < count; i++)
        {
            headers.Append(null, $"X-{i}: ").Append('x', length).Append("\r\n");
        }

        var sending = SendQuietlyAsync(socket, Encoding.ASCII.GetBytes(headers.Append("\r\n").ToString()));
        var answer = await Victim.UntilClosedAsync(socket);
        await sending;

        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 431", StringComparison.Ordinal), answer);
        await victim.ServesAsync();
        Assert.InRange(victim.Memory - memory, long.MinValue, 64 * MiB);
    }

    [Theory]
    [InlineData("POST /v1.0/state/store")]
    [InlineData("POST /v1.0/invoke/victim/method/sink")]
    [InlineData("POST /v1.0/publish/pubsub/orders")]
    [InlineData("PUT /v1.0/metadata/key")]
    public async Task A_chunked_body_without_end_is_cut_off(string request)
    {
        var memory = victim.Memory;
        using var socket = await Victim.ConnectAsync(victim.HttpPort);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{request} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
        var answering = Victim.UntilClosedAsync(socket);
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string('x', 0x10000)}\r\n");
        var sent = 0L;
        while (!answering.IsCompleted && sent < 512 * MiB && await SendQuietlyAsync(socket, chunk))
        {
            sent += chunk.Length;
        }

        var answer = await answering;

        Assert.InRange(sent, 0, 64 * MiB);
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 500", StringComparison.Ordinal), answer);
        await victim.ServesAsync();
        Assert.InRange(victim.Memory - memory, long.MinValue, 96 * MiB);
    }

    [Fact]
    public async Task Broken_frames_end_their_connection_and_no_other()
    {
        byte[] settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
        var noise = new byte[64 * 1024];
        new Random(7).NextBytes(noise);
        byte[][] attacks =
        [
            noise,
            [.. Preface, .. noise],
            [.. Preface, .. settings, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1, .. noise], // A frame of 16 MiB.
            [.. Preface, .. settings, 0, 0, 5, 4, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5], // SETTINGS of an odd length.
            [.. Preface, .. settings, 0, 0, 4, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], // DATA of no stream.
            [.. Preface, .. settings, 0, 0, 8, 1, 4, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], // HEADERS that no HPACK is.
            [.. Preface, .. settings, 0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0], // WINDOW_UPDATE by nothing.
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(),
        ];
        foreach (var attack in attacks)
        {
            using var socket = await Victim.ConnectAsync(victim.GrpcPort);
            await SendQuietlyAsync(socket, attack);
            await Victim.UntilClosedAsync(socket);
        }

        using var mistaken = await Victim.ConnectAsync(victim.HttpPort);
        await mistaken.SendAsync(Preface);
        await Victim.UntilClosedAsync(mistaken);

        await victim.ServesAsync();
        Assert.Equal(["0"], await CallAsync([0, 0, 0, 0, 0], "GetMetadata"));
    }

    [Fact]
    public async Task Broken_messages_over_sound_frames_are_answered_with_a_status()
    {
        byte[][] messages =
        [
            [0, 0, 0, 1, 0, 1, 2, 3], // Shorter than it says.
            [0, 0xFF, 0xFF, 0xFF, 0xFF, 1], // Longer than anything may be.
            [1, 0, 0, 0, 3, 1, 2, 3], // Compressed, nobody says how.
            [0, 0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF], // No protobuf.
            [0, 0],
        ];
        foreach (var message in messages)
        {
            var status = Assert.Single(await CallAsync(message, "SaveState"));
            Assert.NotEqual("0", status);
        }

        await victim.ServesAsync();
    }

    /// <summary>A client that opens streams and resets them at once, as fast as it can.</summary>
    [Fact]
    public async Task Streams_that_are_reset_at_once_cost_no_memory()
    {
        var memory = victim.Memory;
        using var socket = await Victim.ConnectAsync(victim.GrpcPort);
        await SendQuietlyAsync(socket, [.. Preface, 0, 0, 0, 4, 0, 0, 0, 0, 0]);
        var reading = Victim.UntilClosedAsync(socket);
        // :method POST and :scheme http by their index, :path and :authority as short literals.
        byte[] headers = [0x83, 0x86, 0x04, 2, (byte)'/', (byte)'x', 0x01, 1, (byte)'x'];
        for (var stream = 1; stream < 200_000 && !reading.IsCompleted; stream += 2)
        {
            var frames = new byte[9 + headers.Length + 13];
            frames[2] = (byte)headers.Length;
            frames[3] = 1;
            frames[4] = 4;
            BinaryPrimitives.WriteInt32BigEndian(frames.AsSpan(5), stream);
            headers.CopyTo(frames.AsSpan(9));
            var reset = frames.AsSpan(9 + headers.Length);
            (reset[2], reset[3]) = (4, 3);
            BinaryPrimitives.WriteInt32BigEndian(reset[5..], stream);
            if (!await SendQuietlyAsync(socket, frames))
            {
                break;
            }
        }

        socket.Shutdown(SocketShutdown.Send);
        await reading;
        await victim.ServesAsync();
        Assert.InRange(victim.Memory - memory, long.MinValue, 128 * MiB);
    }

    /// <summary>Ten thousand, or as many as the limit of open files leaves to this process.</summary>
    [Fact]
    public async Task Ten_thousand_idle_connections_keep_nobody_else_out()
    {
        var memory = victim.Memory;
        var count = Math.Min(10_000, OpenFiles() - 1_500);
        var sockets = new List<Socket>(count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                sockets.Add(await Victim.ConnectAsync(i % 2 == 0 ? victim.HttpPort : victim.GrpcPort));
            }

            for (var i = 0; i < 20; i++)
            {
                await victim.ServesAsync();
            }

            Assert.InRange(count, 500, 10_000);
            Assert.InRange((victim.Memory - memory) / count, long.MinValue, 40 * 1024);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }

        await victim.ServesAsync();
    }

    private static int OpenFiles()
    {
        var limit = File.ReadLines("/proc/self/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        return int.TryParse(limit.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], out var files) ? files : int.MaxValue;
    }

    /// <summary>Calls a method with a body as it stands; gives the values of grpc-status.</summary>
    private async Task<IEnumerable<string>> CallAsync(byte[] body, string method)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{victim.GrpcPort}/dapr.proto.runtime.v1.Dapr/{method}")
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content, Headers = { { "TE", "trailers" } },
        };
        using var response = await http.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return response.Headers.TryGetValues("grpc-status", out var early) ? early : response.TrailingHeaders.GetValues("grpc-status");
    }

    private static async Task DripAsync(Socket socket, byte[] drop, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && await SendQuietlyAsync(socket, drop))
        {
            await Task.Delay(200, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>False when the other side takes no more.</summary>
    private static async Task<bool> SendQuietlyAsync(Socket socket, byte[] bytes)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await socket.SendAsync(bytes.AsMemory(sent));
            }

            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
