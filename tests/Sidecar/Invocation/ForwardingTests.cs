using System.Net;
using System.Net.Http.Json;
using System.Text;
using Dapr.Client;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.Invocation;

public sealed class ForwardingTests : IAsyncLifetime
{
    private SidecarFixture _dapr = null!;

    public async Task InitializeAsync() => _dapr = await SidecarFixture.StartAsync(
        new TestApp("caller") { Routes = Echo },
        new TestApp("callee") { Routes = Echo, Configure = options => options with { AppToken = "callee-token" } },
        new TestApp("silent"),
        new TestApp("closed") { Routes = Echo, Configuration = new ConfigurationSpec { DenyInvocationByDefault = true } });

    public async Task DisposeAsync() => await _dapr.DisposeAsync();

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Every_method_arrives_with_its_query(string method)
    {
        var seen = await CallAsync(method, "callee", "echo?x=1&y=a%20b");

        Assert.Equal(method, seen.Method);
        Assert.Equal("/echo?x=1&y=a%20b", seen.Target);
    }

    [Fact]
    public async Task Head_has_headers_and_no_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "v1.0/invoke/callee/method/text");
        using var response = await _dapr.Http("caller").SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_sdk_client_reaches_the_app_whatever_the_case_of_its_id()
    {
        using var client = DaprClient.CreateInvokeHttpClient("callee", _dapr.Endpoint("caller").HttpEndpoint.ToString());

        using var response = await client.PostAsJsonAsync("/echo", new { a = 1 });
        var upper = await _dapr.Http("caller").GetAsync("v1.0/invoke/CALLEE/method/echo");

        Assert.Equal("""{"a":1}""", (await response.Content.ReadFromJsonAsync<Seen>())!.Body);
        Assert.Equal(HttpStatusCode.OK, upper.StatusCode);
    }

    [Theory]
    [InlineData("dapr-app-id", "callee")]
    [InlineData("Authorization", "Basic ZGFwci1hcHAtaWQ6Y2FsbGVl")]
    public async Task An_app_id_in_a_header_invokes_any_path(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "echo/deep?x=1") { Content = new StringContent("hi") };
        request.Headers.TryAddWithoutValidation(header, value);

        using var response = await _dapr.Http("caller").SendAsync(request);
        var seen = (await response.Content.ReadFromJsonAsync<Seen>())!;

        Assert.Equal("/echo/deep?x=1", seen.Target);
        Assert.Equal("hi", seen.Body);
        Assert.DoesNotContain("dapr-app-id", seen.Headers.Keys);
    }

    [Fact]
    public async Task The_callee_learns_who_calls()
    {
        var seen = await CallAsync("GET", "callee", "echo", ("X-Custom", "mine"), ("traceparent", Trace), ("baggage", "k=v"), ("dapr-caller-app-id", "forged"));

        Assert.Equal("caller", seen.Headers["dapr-caller-app-id"]);
        Assert.Equal("callee", seen.Headers["dapr-callee-app-id"]);
        Assert.Equal("default", seen.Headers["dapr-caller-namespace"]);
        Assert.Equal("127.0.0.1", seen.Headers["x-forwarded-for"]);
        Assert.Contains("for=127.0.0.1;by=127.0.0.1;host=", seen.Headers["forwarded"], StringComparison.Ordinal);
        Assert.Contains("x-forwarded-host", seen.Headers.Keys);
        Assert.Equal("mine", seen.Headers["x-custom"]);
        Assert.Equal(Trace, seen.Headers["traceparent"]);
        Assert.Equal("k=v", seen.Headers["baggage"]);
        Assert.Equal("callee-token", seen.Headers["dapr-api-token"]);
    }

    [Fact]
    public async Task Headers_of_the_connection_stay_behind()
    {
        var seen = await CallAsync("GET", "callee", "echo", ("Connection", "close"), ("Keep-Alive", "timeout=5"), ("TE", "trailers"));

        Assert.DoesNotContain(seen.Headers.Keys, name => name is "keep-alive" or "te" or "connection");
    }

    [Fact]
    public async Task A_call_to_itself_adds_no_headers()
    {
        var seen = await CallAsync("GET", "caller", "echo");

        Assert.DoesNotContain(seen.Headers.Keys, name => name.StartsWith("dapr-", StringComparison.Ordinal)
            || name.StartsWith("x-forwarded", StringComparison.Ordinal) || name == "forwarded");
    }

    [Theory]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(422)]
    [InlineData(500)]
    public async Task The_apps_status_is_the_answer(int status)
    {
        using var response = await _dapr.Http("caller").GetAsync($"v1.0/invoke/callee/method/status/{status}");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("there", response.Headers.GetValues("X-Custom").Single());
        Assert.Equal(["a", "b"], response.Headers.GetValues("X-Multi"));
        Assert.Equal(status == 302 ? "/elsewhere" : null, response.Headers.Location?.ToString());
        Assert.Equal(status == 204 ? "" : $"status {status}", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("echo%2Fb", "/echo/b")]
    [InlineData("echo//b", "/echo/b")]
    [InlineData("echo/x/../b", "/echo/b")]
    [InlineData("../../echo", "/echo")]
    [InlineData("echo/a%20b", "/echo/a%20b")]
    [InlineData("echo/%C3%BC%25", "/echo/%C3%BC%25")]
    [InlineData("echo/b/", "/echo/b/")]
    [InlineData("", "/")]
    public async Task Paths_are_unescaped_cleaned_and_escaped_again(string method, string target)
    {
        using var response = await SendRawAsync($"/v1.0/invoke/callee/method/{method}");

        Assert.Equal(target, (await response.Content.ReadFromJsonAsync<Seen>())!.Target);
    }

    [Theory]
    [InlineData("/v1.0/invoke/callee/method/echo%3Fy", 500, "rpc error: code = InvalidArgument desc = invalid method: method contains forbidden character: \\u0022echo?y\\u0022")]
    [InlineData("/v1.0/invoke/callee/method/a%23b", 500, "method contains forbidden character")]
    [InlineData("/v1.0/invoke/callee/method/a%01b", 500, "method contains control character at position 1")]
    [InlineData("/v1.0/invoke/nobody/method/echo", 500, "failed to invoke, id: nobody, err: couldn\\u0027t find service: nobody")]
    [InlineData("/v1.0/invoke/silent/method/echo", 500, "failed to invoke, id: silent, err: rpc error: code = Internal desc = app channel is not initialized")]
    [InlineData("/v1.0/invoke/closed/method/echo", 403, "access control policy has denied access to id:  operation: echo verb: GET")]
    [InlineData("/v1.0/invoke/callee/echo", 404, "failed getting app id either from the URL path or the header dapr-app-id")]
    [InlineData("/nothing", 404, "failed getting app id either from the URL path or the header dapr-app-id")]
    public async Task A_call_that_cannot_be_made_says_why(string path, int status, string message)
    {
        using var response = await SendRawAsync(path);
        var body = await response.Content.ReadAsStringAsync();

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains("ERR_DIRECT_INVOKE", body, StringComparison.Ordinal);
        Assert.Contains(message, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_escape_is_a_bad_request()
    {
        using var response = await SendRawAsync("/v1.0/invoke/callee/method/a%zz");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task An_app_may_be_named_with_its_namespace()
    {
        Assert.Equal("callee", (await CallAsync("GET", "callee.default", "echo")).Headers["dapr-callee-app-id"]);
    }

    [Fact]
    public async Task A_url_can_be_the_target()
    {
        var url = Uri.EscapeDataString($"http://127.0.0.1:{_dapr.Endpoint("callee").AppPort}");

        var seen = await CallAsync("GET", url, "echo");

        Assert.Equal("/echo", seen.Target);
        Assert.DoesNotContain("dapr-callee-app-id", seen.Headers.Keys);
    }

    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private async Task<Seen> CallAsync(string method, string target, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"v1.0/invoke/{target}/method/{path}");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _dapr.Http("caller").SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<Seen>())!;
    }

    /// <summary>Sends a path as it is, which Uri would clean.</summary>
    private Task<HttpResponseMessage> SendRawAsync(string path) => _dapr.Http("caller").GetAsync(new Uri(
        _dapr.Endpoint("caller").HttpEndpoint.GetLeftPart(UriPartial.Authority) + path,
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));

    private static void Echo(WebApplication app)
    {
        app.Map("/status/{status:int}", (HttpContext context, int status) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["X-Custom"] = "there";
            context.Response.Headers["X-Multi"] = new[] { "a", "b" };
            if (status == 302)
            {
                context.Response.Headers.Location = "/elsewhere";
            }

            return status == 204 ? Task.CompletedTask : context.Response.WriteAsync($"status {status}");
        });
        app.Map("/text", () => Results.Text("some text"));
        app.MapFallback(async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            return Results.Json(new Seen(
                context.Request.Method,
                context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget,
                await reader.ReadToEndAsync(),
                context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString())));
        });
    }

    private sealed record Seen(string Method, string Target, string Body, Dictionary<string, string> Headers);
}
