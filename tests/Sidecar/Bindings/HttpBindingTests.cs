using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapr;
using Dapr.Client;
using DaprShop.Sidecar.Resources;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.Bindings;

/// <summary>bindings.http; its target is an app of the test.</summary>
public sealed class HttpBindingTests : IAsyncLifetime
{
    private SidecarFixture _target = null!;
    private int _failures;

    private sealed record Echo(string Method, string Path, string? ContentType, string? Custom, string Body);

    public async Task InitializeAsync() => _target = await SidecarFixture.StartAsync(new TestApp("target")
    {
        Routes = app =>
        {
            app.Map("/echo", async (HttpContext context) =>
            {
                context.Response.Headers["X-Custom"] = "theirs";
                return new Echo(
                    context.Request.Method,
                    context.Request.Path + context.Request.QueryString,
                    context.Request.ContentType,
                    (string?)context.Request.Headers["X-Mine"],
                    await new StreamReader(context.Request.Body).ReadToEndAsync());
            });
            app.Map("/status/{code:int}", (int code) => Results.Text("answer", statusCode: code));
            app.Map("/flaky", () => Interlocked.Decrement(ref _failures) >= 0 ? Results.StatusCode(503) : Results.Text("well"));
        },
    });

    public async Task DisposeAsync() => await _target.DisposeAsync();

    [Fact]
    public async Task A_path_is_appended_and_capitalised_metadata_are_headers()
    {
        await using var dapr = await StartAsync();

        using var response = await PostAsync(dapr, new { operation = "get", metadata = new Dictionary<string, string> { ["path"] = "/echo?q=1", ["X-Mine"] = "mine", ["x-no"] = "no" } });

        Assert.Equal(new Echo("GET", "/echo?q=1", null, "mine", ""), await response.Content.ReadFromJsonAsync<Echo>());
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("200", response.Headers.GetValues("metadata.statusCode").Single());
        Assert.Equal("200 OK", response.Headers.GetValues("metadata.status").Single());
        Assert.Equal("theirs", response.Headers.GetValues("metadata.X-Custom").Single());
    }

    [Theory]
    [InlineData("create", "POST", """{"a":1}""", """{"a":1}""")]
    [InlineData("put", "PUT", "\"gr\\u00fc\\u00dfe\"", "grüße")]
    [InlineData("delete", "DELETE", "[1,\n 2]", "[1,2]")]
    public async Task Data_is_the_body_and_a_json_string_its_text(string operation, string method, string data, string body)
    {
        await using var dapr = await StartAsync();

        using var request = new StringContent($$$"""{"operation":"{{{operation}}}","data":{{{data}}},"metadata":{"path":"echo"}}""", Encoding.UTF8, "application/json");
        using var response = await dapr.Http("app").PostAsync("/v1.0/bindings/http", request);

        var echo = await response.Content.ReadFromJsonAsync<Echo>();
        Assert.Equal((method, body, "application/json; charset=utf-8"), (echo!.Method, echo.Body, echo.ContentType));
    }

    [Fact]
    public async Task The_sdk_calls_a_binding()
    {
        await using var dapr = await StartAsync();
        using var client = dapr.Client("app");

        var answer = await client.InvokeBindingAsync<object, Echo>("http", "post", new { a = 1 }, new Dictionary<string, string> { ["path"] = "/echo" });
        var raw = await client.InvokeBindingAsync(new BindingRequest("http", "get") { Metadata = { ["path"] = "/status/202" } });

        Assert.Equal(("POST", """{"a":1}"""), (answer.Method, answer.Body));
        Assert.Equal(("202", "answer"), (raw.Metadata["statusCode"], Encoding.UTF8.GetString(raw.Data.Span)));
    }

    [Fact]
    public async Task An_error_status_fails_the_call_and_its_headers_are_told()
    {
        await using var dapr = await StartAsync();

        using var response = await PostAsync(dapr, new { operation = "get", metadata = new { path = "/status/500" } });

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal(
            """{"errorCode":"ERR_INVOKE_OUTPUT_BINDING","message":"error invoking output binding http: received status code 500"}""",
            await response.Content.ReadAsStringAsync());
        Assert.Equal("500", response.Headers.GetValues("metadata.statusCode").Single());
    }

    [Fact]
    public async Task A_component_or_a_call_may_want_error_answers_as_they_are()
    {
        await using var dapr = await StartAsync(("errorIfNot2XX", "false"));

        using var lenient = await PostAsync(dapr, new { operation = "get", metadata = new { path = "/status/418" } });
        using var strict = await PostAsync(dapr, new { operation = "get", metadata = new { path = "/status/418", errorIfNot2XX = "true" } });

        Assert.Equal((200, "answer"), ((int)lenient.StatusCode, await lenient.Content.ReadAsStringAsync()));
        Assert.Equal("418", lenient.Headers.GetValues("metadata.statusCode").Single());
        Assert.Equal(500, (int)strict.StatusCode);
    }

    [Theory]
    [InlineData("http", """{"data":1}""", 500, "error invoking output binding http: operation field is missing from request")]
    [InlineData("http", """{"operation":"dance"}""", 500, "error invoking output binding http: binding http does not support operation dance. supported operations:create get head post put patch delete options trace")]
    [InlineData("nosuch", """{"operation":"get"}""", 500, "error invoking output binding nosuch: couldn't find output binding nosuch")]
    [InlineData("http", """{"operation":"get","metadata":{"path":"/a/../../b"}}""", 500, "error invoking output binding http: invalid path: /a/../../b")]
    [InlineData("http", "{", 400, "failed deserializing HTTP body: ")]
    [InlineData("http", "", 400, "failed deserializing HTTP body: ")]
    public async Task A_wrong_request_is_told_what_is_wrong(string binding, string body, int status, string message)
    {
        await using var dapr = await StartAsync();

        using var response = await dapr.Http("app").PostAsync($"/v1.0/bindings/{binding}", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith(message, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_grpc_a_failure_is_internal()
    {
        await using var dapr = await StartAsync();
        using var client = dapr.Client("app");

        var error = await Assert.ThrowsAsync<DaprException>(() => client.InvokeBindingAsync("nosuch", "get", 1));

        Assert.Equal(StatusCode.Internal, Assert.IsType<RpcException>(error.InnerException).StatusCode);
    }

    [Fact]
    public async Task A_failing_target_is_tried_again_under_the_outbound_policy()
    {
        _failures = 2;
        await using var dapr = await StartAsync();

        using var response = await PostAsync(dapr, new { operation = "get", metadata = new { path = "/flaky" } });

        Assert.Equal((200, "well"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("url", "nowhere")]
    [InlineData("responseTimeout", "soon")]
    public async Task A_component_with_wrong_metadata_ends_the_start(string name, string value)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["url"] = "http://127.0.0.1:1", [name] = value };

        var error = await Assert.ThrowsAsync<SidecarStartException>(() => SidecarFixture.StartAsync(
            new TestApp("app") { Components = [new Component { Name = "http", Type = "bindings.http", Metadata = metadata }] }));

        Assert.Contains($"{name} '{value}'", error.Message, StringComparison.Ordinal);
    }

    private Task<SidecarFixture> StartAsync(params (string Name, string Value)[] more) => SidecarFixture.StartAsync(new TestApp("app")
    {
        Components = [Component("http", "bindings.http", [("url", $"http://127.0.0.1:{_target.Endpoint("target").AppPort}"), .. more])],
        Resiliency =
        [
            new ResiliencySpec
            {
                Retries = new Dictionary<string, RetrySpec> { ["twice"] = new() { Duration = TimeSpan.FromMilliseconds(10), MaxRetries = 2 } },
                Outbound = new Dictionary<string, TargetSpec> { ["http"] = new(null, "twice", null) },
            },
        ],
    });

    private static Task<HttpResponseMessage> PostAsync(SidecarFixture dapr, object request) => dapr.Http("app").PostAsJsonAsync("/v1.0/bindings/http", request);
}
