using System.Net;
using System.Text;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.Invocation;

public sealed class StreamingTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _observed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SidecarFixture _dapr = null!;

    public async Task InitializeAsync() => _dapr = await SidecarFixture.StartAsync(new TestApp("caller"), new TestApp("callee") { Routes = Routes });

    public async Task DisposeAsync()
    {
        _goOn.TrySetResult();
        await _dapr.DisposeAsync();
    }

    [Fact]
    public async Task Headers_arrive_before_the_body()
    {
        using var response = await GetAsync("silence").WaitAsync(Patience);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Events_arrive_one_by_one()
    {
        using var response = await GetAsync("events").WaitAsync(Patience);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("data: 1", await events.ReadLineAsync().WaitAsync(Patience));
        _goOn.SetResult();
        Assert.Equal("", await events.ReadLineAsync().WaitAsync(Patience));
        Assert.Equal("data: 2", await events.ReadLineAsync().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_large_answer_passes_whole()
    {
        using var response = await GetAsync("large");
        var body = await response.Content.ReadAsByteArrayAsync();

        Assert.Equal(50_000_000, body.Length);
        Assert.All(body.Chunk(1_000_000), chunk => Assert.Equal(chunk[0], chunk[^1]));
    }

    [Theory]
    [InlineData(60_000)]
    [InlineData(262_145)]
    public async Task An_answer_that_says_its_length_passes_whole(int length)
    {
        using var response = await GetAsync($"sized/{length}");

        Assert.Equal(length, (await response.Content.ReadAsByteArrayAsync().WaitAsync(Patience)).Length);
    }

    [Fact]
    public async Task An_upload_reaches_the_app_while_it_is_being_sent()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1.0/invoke/callee/method/upload")
        {
            Content = new PushContent(async stream =>
            {
                await stream.WriteAsync("first"u8.ToArray());
                await stream.FlushAsync();
                Assert.Equal("first", await _observed.Task.WaitAsync(Patience));
                await stream.WriteAsync(" second"u8.ToArray());
            }),
        };

        using var response = await _dapr.Http("caller").SendAsync(request);

        Assert.Equal("first second", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_answer_before_the_end_of_the_upload_is_passed_on()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1.0/invoke/callee/method/refuse")
        {
            Content = new ByteArrayContent(new byte[3_000_000]),
        };

        using var refused = await _dapr.Http("caller").SendAsync(request);
        using var next = await GetAsync("large");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task A_caller_that_goes_away_cancels_the_call()
    {
        using var gone = new CancellationTokenSource();
        var call = _dapr.Http("caller").GetAsync("v1.0/invoke/callee/method/endless", gone.Token);
        await _goOn.Task.WaitAsync(Patience);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("cancelled", await _observed.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_does_not_look_whole()
    {
        using var response = await GetAsync("break").WaitAsync(Patience);
        _goOn.SetResult();

        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_app_that_hangs_up_is_an_error_of_the_call()
    {
        using var response = await GetAsync("hang-up").WaitAsync(Patience);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("failed to invoke, id: callee, err: ", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_not_passed_on()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1.0/invoke/callee/method/upload")
        {
            Content = new ByteArrayContent(new byte[(4 * 1024 * 1024) + 1]),
        };
        request.Headers.ExpectContinue = true;

        using var response = await _dapr.Http("caller").SendAsync(request);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("failed to invoke, id: callee, err: ", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> GetAsync(string method) => _dapr.Http("caller")
        .GetAsync($"v1.0/invoke/callee/method/{method}", HttpCompletionOption.ResponseHeadersRead);

    private void Routes(WebApplication app)
    {
        app.MapGet("/silence", async context =>
        {
            await context.Response.Body.FlushAsync();
            await _goOn.Task;
        });
        app.MapGet("/events", async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: 1\n");
            await context.Response.Body.FlushAsync();
            await _goOn.Task;
            await context.Response.WriteAsync("\ndata: 2\n");
        });
        app.MapGet("/large", async context =>
        {
            var block = new byte[1_000_000];
            for (var i = 0; i < 50; i++)
            {
                Array.Fill(block, (byte)i);
                await context.Response.Body.WriteAsync(block);
            }
        });
        app.MapGet("/sized/{length:int}", (int length) => Results.Bytes(new byte[length]));
        app.MapPost("/upload", async context =>
        {
            var buffer = new byte[100];
            var read = await context.Request.Body.ReadAsync(buffer);
            var first = Encoding.UTF8.GetString(buffer, 0, read);
            _observed.TrySetResult(first);
            using var rest = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(first + await rest.ReadToEndAsync());
        });
        app.MapPost("/refuse", context =>
        {
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return context.Response.WriteAsync("too much");
        });
        app.MapGet("/endless", async context =>
        {
            context.RequestAborted.Register(() => _observed.TrySetResult("cancelled"));
            _goOn.TrySetResult();
            await _observed.Task;
        });
        app.MapGet("/break", async context =>
        {
            await context.Response.WriteAsync("beginning");
            await context.Response.Body.FlushAsync();
            await _goOn.Task;
            context.Abort();
        });
        app.MapGet("/hang-up", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
    }

    private sealed class PushContent(Func<Stream, Task> write) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
