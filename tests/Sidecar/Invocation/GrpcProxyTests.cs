using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Tests.Invocation.Protos;
using Grpc.Core;
using Grpc.Net.Client;

namespace DaprShop.Sidecar.Tests.Invocation;

/// <summary>An app's own gRPC service, called through the sidecars with the client that its proto file gives.</summary>
public sealed class GrpcProxyTests : IAsyncLifetime
{
    private static readonly Metadata ToCounter = new() { { "dapr-app-id", "counter" } };

    private readonly CountingService.Seen _seen = new();
    private CountingApp _app = null!;
    private SidecarFixture _dapr = null!;
    private GrpcChannel _channel = null!;
    private Counting.CountingClient _client = null!;

    public async Task InitializeAsync()
    {
        _app = await CountingApp.StartAsync(_seen);
        var port = _app.Port;
        _dapr = await SidecarFixture.StartAsync(
            new TestApp("caller") { Configuration = new ConfigurationSpec { SamplingRate = "1" } },
            new TestApp("counter") { Configure = options => options with { AppPort = port, AppProtocol = "grpc", AppToken = "the app's token" } },
            new TestApp("closed")
            {
                Configure = options => options with { AppPort = port, AppProtocol = "grpc" },
                Configuration = new ConfigurationSpec { DenyInvocationByDefault = true },
            },
            new TestApp("web") { Routes = _ => { } });
        _channel = GrpcChannel.ForAddress(_dapr.Endpoint("caller").GrpcEndpoint);
        _client = new Counting.CountingClient(_channel);
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _dapr.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_unary_call_reaches_the_app_and_its_trailers_come_back()
    {
        using var call = _client.SquareAsync(new Number { Value = 7 }, ToCounter);

        Assert.Equal(49, (await call).Value);
        Assert.Equal("me", call.GetTrailers().GetValue("counted-by"));
    }

    [Fact]
    public async Task The_app_learns_who_calls_and_gets_its_token_and_the_trace()
    {
        await _client.SquareAsync(new Number { Value = 1 }, new Metadata { { "dapr-app-id", "counter" }, { "mine", "too" } });

        Assert.Null(_seen.Metadata.GetValue("dapr-app-id"));
        Assert.Equal("caller", _seen.Metadata.GetValue("dapr-caller-app-id"));
        Assert.Equal("counter", _seen.Metadata.GetValue("dapr-callee-app-id"));
        Assert.Equal("the app's token", _seen.Metadata.GetValue("dapr-api-token"));
        Assert.Equal("too", _seen.Metadata.GetValue("mine"));
        var traceParent = _seen.Metadata.GetValue("traceparent")!;
        Assert.Equal(traceParent.Split('-')[1], Convert.ToHexStringLower(_seen.Metadata.GetValueBytes("grpc-trace-bin").AsSpan(2, 16)));
    }

    [Fact]
    public async Task A_server_stream_arrives_in_order()
    {
        using var call = _client.CountTo(new Number { Value = 5 }, ToCounter);

        Assert.Equal([1, 2, 3, 4, 5], await call.ResponseStream.ReadAllAsync().Select(number => number.Value).ToListAsync());
        Assert.Equal("me", call.GetTrailers().GetValue("counted-by"));
    }

    [Fact]
    public async Task A_client_stream_is_summed_up()
    {
        using var call = _client.Sum(ToCounter);
        for (var value = 1; value <= 100; value++)
        {
            await call.RequestStream.WriteAsync(new Number { Value = value });
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(5050, (await call).Value);
    }

    [Fact]
    public async Task Both_sides_of_a_call_may_talk_in_turns()
    {
        using var call = _client.RunningSum(ToCounter);
        var sums = new List<int>();
        foreach (var value in new[] { 1, 2, 3 })
        {
            await call.RequestStream.WriteAsync(new Number { Value = value });
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            sums.Add(call.ResponseStream.Current.Value);
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal([1, 3, 6], sums);
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task An_apps_refusal_comes_back_as_it_was_said()
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await _client.SquareAsync(new Number { Value = -1 }, ToCounter));

        Assert.Equal((StatusCode.InvalidArgument, "no to negative numbers: √ is not defined"), (refusal.StatusCode, refusal.Status.Detail));
        Assert.Equal("negative", refusal.Trailers.GetValue("reason"));
    }

    [Fact]
    public async Task A_stream_that_fails_has_given_what_came_before()
    {
        using var call = _client.CountTo(new Number { Value = 11 }, ToCounter);
        var received = 0;

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var number in call.ResponseStream.ReadAllAsync())
            {
                received = number.Value;
            }
        });

        Assert.Equal((11, StatusCode.OutOfRange, "that is enough"), (received, failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task A_caller_that_cancels_ends_the_call_in_the_app()
    {
        using var call = _client.Forever(new Number { Value = 42 }, ToCounter);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        call.Dispose();

        Assert.Equal(42, await _seen.Cancelled.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Theory]
    [InlineData(null, StatusCode.Unknown, "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found")]
    [InlineData("nobody", StatusCode.Unavailable, "failed to invoke, id: nobody, err: couldn't find service: nobody")]
    [InlineData("web", StatusCode.FailedPrecondition, "failed to invoke, id: web, err: its app speaks http, a gRPC call needs appProtocol grpc")]
    [InlineData("closed", StatusCode.PermissionDenied, "failed to invoke, id: closed, err: rpc error: code = PermissionDenied desc = access control policy has denied access to id:  operation: counting.Counting/Square verb: POST")]
    public async Task A_call_that_reaches_no_app_says_why(string? appId, StatusCode status, string detail)
    {
        var metadata = appId is null ? [] : new Metadata { { "dapr-app-id", appId } };

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _client.SquareAsync(new Number { Value = 1 }, metadata));

        Assert.Equal((status, detail), (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task A_method_that_dapr_does_not_have_is_not_an_apps()
    {
        var method = new Method<Number, Number>(
            MethodType.Unary, "dapr.proto.runtime.v1.Dapr", "NoSuchMethod", Marshallers.Create(_ => Array.Empty<byte>(), _ => new Number()), Marshallers.Create(_ => Array.Empty<byte>(), _ => new Number()));

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await _channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(ToCounter), new Number()));

        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }
}
