using System.Text;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.Invocation;

public sealed class InvokeServiceTests : IAsyncLifetime
{
    private SidecarFixture _dapr = null!;
    private GrpcChannel _channel = null!;

    public async Task InitializeAsync()
    {
        _dapr = await SidecarFixture.StartAsync(new TestApp("caller"), new TestApp("callee") { Routes = Routes });
        _channel = GrpcChannel.ForAddress(_dapr.Endpoint("caller").GrpcEndpoint);
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _dapr.DisposeAsync();
    }

    [Fact]
    public async Task An_http_app_is_posted_the_data_and_its_answer_comes_back()
    {
        var call = InvokeAsync("callee", new InvokeRequest { Method = "echo", ContentType = "text/plain", Data = Bytes("hello") }, new Metadata { { "x-custom", "mine" } });
        var headers = await call.ResponseHeadersAsync;
        var response = await call.ResponseAsync;

        Assert.Equal("POST /echo text/plain mine caller: hello", response.Data.Value.ToStringUtf8());
        Assert.Equal("text/plain; charset=utf-8", response.ContentType);
        Assert.Equal("200", headers.GetValue("dapr-http-status"));
        Assert.Equal("there", headers.GetValue("x-answer"));
    }

    [Fact]
    public async Task The_extension_gives_verb_and_query()
    {
        var response = await InvokeAsync("callee", new InvokeRequest
        {
            Method = "echo",
            HttpExtension = new HTTPExtension { Verb = HTTPExtension.Types.Verb.Put, Querystring = "x=1" },
        });

        Assert.StartsWith("PUT /echo?x=1 ", response.Data.Value.ToStringUtf8(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, StatusCode.NotFound, "Not Found")]
    [InlineData(409, StatusCode.AlreadyExists, "Conflict")]
    [InlineData(500, StatusCode.Unknown, "Internal Server Error")]
    [InlineData(503, StatusCode.Unavailable, "Service Unavailable")]
    public async Task A_failed_answer_is_a_status_with_the_http_code_in_its_details(int http, StatusCode grpc, string message)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await InvokeAsync("callee", new InvokeRequest { Method = $"status/{http}" }));
        var status = Google.Rpc.Status.Parser.ParseFrom(failure.Trailers.GetValueBytes("grpc-status-details-bin"));
        var info = status.Details.Single().Unpack<ErrorInfo>();

        Assert.Equal((grpc, message), (failure.StatusCode, failure.Status.Detail));
        Assert.Equal($"{http}", info.Metadata["http.code"]);
        Assert.Equal($"no {http}", info.Metadata["http.error_message"]);
    }

    [Fact]
    public async Task An_unknown_app_is_an_internal_error()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await InvokeAsync("nobody", new InvokeRequest { Method = "x" }));

        Assert.Equal(StatusCode.Internal, failure.StatusCode);
        Assert.Equal("failed to invoke, id: nobody, err: couldn't find service: nobody", failure.Status.Detail);
    }

    private AsyncUnaryCall<InvokeResponse> InvokeAsync(string appId, InvokeRequest message, Metadata? metadata = null) =>
        new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(_channel).InvokeServiceAsync(new InvokeServiceRequest { Id = appId, Message = message }, metadata);

    private static Any Bytes(string text) => new() { Value = ByteString.CopyFromUtf8(text) };

    private static void Routes(WebApplication app)
    {
        app.Map("/status/{status:int}", (int status) => Results.Text($"no {status}", statusCode: status));
        app.Map("/echo", async context =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            var headers = context.Request.Headers;
            context.Response.ContentType = "text/plain; charset=utf-8";
            context.Response.Headers["X-Answer"] = "there";
            await context.Response.WriteAsync(
                $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.ContentType} {headers["x-custom"]} "
                    + $"{headers["dapr-caller-app-id"]}: {await reader.ReadToEndAsync()}");
        });
    }
}
