using System.Net;
using System.Text;
using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Resources;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;

namespace DaprShop.Sidecar.Tests.AppCallbacks;

/// <summary>Methods of an app that speaks gRPC, called over HTTP and by InvokeService: AppCallback.OnInvoke.</summary>
public sealed class InvokeCallbackTests : IAsyncLifetime
{
    private readonly CallbackApp _app = new();
    private SidecarFixture _dapr = null!;

    public async Task InitializeAsync()
    {
        var callee = _app.As("callee");
        _dapr = await SidecarFixture.StartAsync(
            callee with { Configure = options => callee.Configure(options) with { AppToken = "the app's token" } },
            new TestApp("caller")
            {
                Resiliency =
                [
                    new ResiliencySpec
                    {
                        Retries = new Dictionary<string, RetrySpec> { ["again"] = new() { Duration = TimeSpan.FromMilliseconds(10), MaxRetries = 2, GrpcStatusCodes = "14" } },
                        Apps = new Dictionary<string, TargetSpec> { ["callee"] = new(null, "again", null) },
                    },
                ],
            });
    }

    public async Task DisposeAsync() => await _dapr.DisposeAsync();

    [Fact]
    public async Task An_http_call_becomes_OnInvoke_and_its_answer_an_http_response()
    {
        _app.OnInvoke = (request, context) =>
        {
            context.WriteResponseHeadersAsync(new Metadata { { "x-answer", "there" } });
            return new InvokeResponse { ContentType = "text/plain", Data = Bytes($"got {request.Data.Value.ToStringUtf8()}") };
        };
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("/v1.0/invoke/callee/method/orders/7%20a?x=1", UriKind.Relative))
        {
            Content = new StringContent("hello", Encoding.UTF8, "text/plain"),
        };
        request.Headers.Add("X-Custom", "mine");
        request.Headers.Add("Accept", "text/plain");

        using var response = await _dapr.Http("caller").SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, "got hello"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("there", Assert.Single(response.Headers.GetValues("x-answer")));
        var call = Assert.Single(_app.Calls<InvokeRequest>());
        Assert.Equal(("orders/7 a", "text/plain; charset=utf-8"), (call.Method, call.ContentType));
        Assert.Equal((HTTPExtension.Types.Verb.Put, "x=1"), (call.HttpExtension.Verb, call.HttpExtension.Querystring));
        var metadata = _app.MetadataOf<InvokeRequest>();
        Assert.Equal(
            ("mine", "text/plain", "caller", "the app's token"),
            (metadata.GetValue("x-custom"), metadata.GetValue("dapr-accept"), metadata.GetValue("dapr-caller-app-id"), metadata.GetValue("dapr-api-token")));
    }

    [Theory]
    [InlineData(StatusCode.NotFound, 404)]
    [InlineData(StatusCode.InvalidArgument, 400)]
    [InlineData(StatusCode.Aborted, 409)]
    [InlineData(StatusCode.Internal, 500)]
    public async Task A_refusal_over_http_is_the_json_of_its_status(StatusCode code, int status)
    {
        _app.OnInvoke = (_, _) => throw new RpcException(new Status(code, "no such order"));

        using var response = await _dapr.Http("caller").GetAsync(new Uri("/v1.0/invoke/callee/method/orders", UriKind.Relative));

        Assert.Equal(status, (int)response.StatusCode);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(((int)code, "no such order"), (body.RootElement.GetProperty("code").GetInt32(), body.RootElement.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task InvokeService_brings_data_and_the_apps_own_status()
    {
        using var channel = GrpcChannel.ForAddress(_dapr.Endpoint("caller").GrpcEndpoint);
        var client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel);
        var request = new InvokeServiceRequest { Id = "callee", Message = new InvokeRequest { Method = "echo", Data = Bytes("hello") } };
        _app.OnInvoke = (call, _) => new InvokeResponse { Data = call.Data, ContentType = call.ContentType };
        var answer = await client.InvokeServiceAsync(request);
        _app.OnInvoke = (_, _) => throw new RpcException(new Status(StatusCode.OutOfRange, "too far"), new Metadata { { "reason", "distance" } });

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await client.InvokeServiceAsync(request));

        Assert.Equal("hello", answer.Data.Value.ToStringUtf8());
        Assert.Equal((StatusCode.OutOfRange, "too far", "distance"), (refusal.StatusCode, refusal.Status.Detail, refusal.Trailers.GetValue("reason")));
    }

    [Fact]
    public async Task A_policy_judges_the_call_by_its_grpc_code()
    {
        var calls = 0;
        _app.OnInvoke = (_, _) => ++calls < 3 ? throw new RpcException(new Status(StatusCode.Unavailable, "busy")) : new InvokeResponse();

        using var response = await _dapr.Http("caller").GetAsync(new Uri("/v1.0/invoke/callee/method/orders", UriKind.Relative));

        Assert.Equal((HttpStatusCode.OK, 3), (response.StatusCode, calls));
    }

    private static Any Bytes(string text) => new() { Value = ByteString.CopyFromUtf8(text) };
}
