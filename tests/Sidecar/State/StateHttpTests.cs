using System.Text;
using System.Text.Json;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.State;

/// <summary>Statuses, codes and words of the HTTP state API as daprd 1.17.13 gave them.</summary>
public sealed class StateHttpTests
{
    private const string NotFound =
        """{"errorCode":"ERR_STATE_STORE_NOT_FOUND","message":"state store nostore is not found","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","reason":"DAPR_STATE_NOT_FOUND","metadata":{"appID":"echo"}}]}""";

    private const string IllegalKey =
        """{"errorCode":"ERR_MALFORMED_REQUEST","message":"api error: code = InvalidArgument desc = input key/keyPrefix 'a||b' can't contain '||'","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","field_violations":[{"field":"a||b","description":"api error: code = InvalidArgument desc = input key/keyPrefix 'a||b' can't contain '||'"}]},{"@type":"type.googleapis.com/google.rpc.ResourceInfo","resource_type":"state","resource_name":"statestore","owner":"","description":""},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","domain":"dapr.io","reason":"DAPR_STATE_ILLEGAL_KEY","metadata":null}]}""";

    [Theory]
    [InlineData("GET", "/v1.0/state/statestore/missing", null, 204, "")]
    [InlineData("DELETE", "/v1.0/state/statestore/missing", null, 204, "")]
    [InlineData("POST", "/v1.0/state/statestore", "[]", 204, "")]
    [InlineData("PUT", "/v1.0/state/statestore", """[{"key":"put","value":1}]""", 204, "")]
    [InlineData("POST", "/v1.0//state/statestore/", """[{"key":"slashes","value":1}]""", 204, "")]
    [InlineData("POST", "/v1.0/state/statestore", "{", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/statestore", "", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/statestore", "{}", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/statestore", "[1]", 400, "ERR_MALFORMED_REQUEST")]
    [InlineData("POST", "/v1.0/state/statestore", """[{"value":1}]""", 400, """{"errorCode":"ERR_MALFORMED_REQUEST","message":"\"key\" is a required field"}""")]
    [InlineData("POST", "/v1.0/state/statestore", """[{"key":"a||b","value":1}]""", 400, IllegalKey)]
    [InlineData("POST", "/v1.0/state/statestore", """[{"key":"k","value":1,"options":{"concurrency":"sometimes"}}]""", 500, "ERR_STATE_SAVE")]
    [InlineData("POST", "/v1.0/state/statestore", """[{"key":"k","value":1,"options":{"consistency":"perhaps"}}]""", 500, "ERR_STATE_SAVE")]
    [InlineData("GET", "/v1.0/state/nostore/k", null, 400, NotFound)]
    [InlineData("DELETE", "/v1.0/state/nostore/k", null, 400, NotFound)]
    [InlineData("POST", "/v1.0/state/nostore", """[{"key":"k","value":1}]""", 400, NotFound)]
    [InlineData("POST", "/v1.0/state/nostore/bulk", """{"keys":["a"]}""", 400, NotFound)]
    [InlineData("POST", "/v1.0/state/nostore/transaction", """{"operations":[]}""", 400, NotFound)]
    [InlineData("POST", "/v1.0/state/statestore/bulk", """{"keys":[]}""", 200, "[]")]
    [InlineData("POST", "/v1.0/state/statestore/bulk", """{"keys":["none"]}""", 200, """[{"key":"none"}]""")]
    [InlineData("POST", "/v1.0/state/statestore/bulk", "[", 400, "failed deserializing HTTP body: ")]
    [InlineData("POST", "/v1.0/state/statestore/transaction", """{"operations":[]}""", 204, "")]
    [InlineData("POST", "/v1.0/state/statestore/transaction", "{", 400, "failed deserializing HTTP body: ")]
    [InlineData("POST", "/v1.0/state/statestore/transaction", """{"operations":[{"operation":"merge","request":{"key":"m","value":1}}]}""", 400, """{"errorCode":"ERR_NOT_SUPPORTED_STATE_OPERATION","message":"operation type merge not supported"}""")]
    [InlineData("OPTIONS", "/v1.0/state/statestore", null, 404, "ERR_DIRECT_INVOKE")]
    public async Task A_request_is_answered_as_daprd_does(string method, string path, string? body, int status, string answer)
    {
        await using var dapr = await StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };

        using var response = await dapr.Http("echo").SendAsync(request);

        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(status, (int)response.StatusCode);
        if (answer.StartsWith('{') || answer.StartsWith('['))
        {
            Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(answer).RootElement, JsonDocument.Parse(text).RootElement), text);
        }
        else
        {
            Assert.Contains(answer, text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"a": [1, 2.50, null, "ü<"], "b": {"c": true}}""", """{"a":[1,2.5,null,"ü<"],"b":{"c":true}}""")]
    [InlineData("12345678901234567890", "12345678901234567000")]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("1.0", "1")]
    [InlineData("1e3", "1000")]
    [InlineData("1e21", "1e+21")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("0.0000001", "1e-7")]
    [InlineData("-1.5e-5", "-0.000015")]
    [InlineData("123456789012345678.5", "123456789012345680")]
    [InlineData("\"text\"", "\"text\"")]
    [InlineData("null", "null")]
    public async Task A_value_is_stored_as_json_with_float64_numbers(string value, string stored)
    {
        await using var dapr = await StartAsync();
        using var saved = await dapr.Http("echo").PostAsync("/v1.0/state/statestore", new StringContent($$"""[{"key":"k","value":{{value}}}]"""));
        Assert.Equal(204, (int)saved.StatusCode);

        using var read = await dapr.Http("echo").GetAsync("/v1.0/state/statestore/k");

        Assert.Equal("application/json", read.Content.Headers.ContentType!.ToString());
        Assert.Equal(stored, await read.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_list_with_one_conflict_saves_the_others()
    {
        await using var dapr = await StartAsync();
        using var saved = await dapr.Http("echo").PostAsync("/v1.0/state/state-sqlite", new StringContent("""[{"key":"a","value":1},{"key":"b","value":2,"etag":"stale"},{"key":"c","value":3}]"""));

        Assert.Equal(409, (int)saved.StatusCode);
        Assert.Equal(
            """{"errorCode":"ERR_STATE_SAVE","message":"failed saving state in state store state-sqlite: possible etag mismatch. error from state store"}""",
            await saved.Content.ReadAsStringAsync());
        Assert.Equal("1", await dapr.Http("echo").GetStringAsync("/v1.0/state/state-sqlite/a"));
        Assert.Equal("3", await dapr.Http("echo").GetStringAsync("/v1.0/state/state-sqlite/c"));
    }

    [Fact]
    public async Task A_key_may_contain_an_escaped_slash_and_spaces()
    {
        await using var dapr = await StartAsync();
        using var saved = await dapr.Http("echo").PostAsync("/v1.0/state/statestore", new StringContent("""[{"key":"a/b c","value":1}]"""));

        Assert.Equal("1", await dapr.Http("echo").GetStringAsync("/v1.0/state/statestore/a%2Fb%20c"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_refused(bool chunked)
    {
        await using var dapr = await StartAsync(new TestApp("echo") { Configure = options => options with { MaxBodySize = 1024 } });
        using var content = new StringContent($$"""[{"key":"k","value":"{{new string('x', 1024)}}"}]""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1.0/state/statestore") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await dapr.Http("echo").SendAsync(request);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("""{"errorCode":"ERR_MALFORMED_REQUEST","message":"stream too large"}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("statestore", false)]
    [InlineData("state-name", true)]
    [InlineData("state-none", true)]
    [InlineData("state-lit", true)]
    public async Task The_key_prefix_decides_whether_apps_share_keys(string store, bool shared)
    {
        await using var dapr = await StartAsync(new TestApp("echo"), new TestApp("sub"));
        using var saved = await dapr.Http("echo").PostAsync($"/v1.0/state/{store}", new StringContent("""[{"key":"k","value":"from echo"}]"""));

        using var read = await dapr.Http("sub").GetAsync($"/v1.0/state/{store}/k");

        Assert.Equal(shared ? 200 : 204, (int)read.StatusCode);
    }

    [Fact]
    public async Task An_api_that_is_denied_is_no_route()
    {
        await using var dapr = await StartAsync(new TestApp("echo")
        {
            Configuration = new() { DeniedApis = [new("state", "v1.0", "http")] },
        });

        using var response = await dapr.Http("echo").GetAsync("/v1.0/state/statestore/k");

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Contains("ERR_DIRECT_INVOKE", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_store_it_is_not_configured()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("bare"));

        using var response = await dapr.Http("bare").GetAsync("/v1.0/state/statestore/k");

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Contains("ERR_STATE_STORE_NOT_CONFIGURED", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_tracing_each_answer_names_its_span()
    {
        const string parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await using var dapr = await StartAsync(new TestApp("echo") { Configuration = new() { SamplingRate = "1" } });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1.0/state/statestore/k") { Headers = { { "traceparent", parent } } };

        using var response = await dapr.Http("echo").SendAsync(request);
        using var health = await dapr.Http("echo").GetAsync("/v1.0/healthz");

        var span = Assert.Single(response.Headers.GetValues("traceparent"));
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", span, StringComparison.Ordinal);
        Assert.NotEqual(parent, span);
        Assert.False(health.Headers.Contains("traceparent"));
    }

    private static Task<SidecarFixture> StartAsync(params TestApp[] apps) => SidecarFixture.StartAsync(
        [.. (apps.Length == 0 ? [new TestApp("echo")] : apps).Select(app => app with
        {
            Components =
            [
                Component("statestore", "state.redis", ("actorStateStore", "true")),
                Component("state-name", "state.redis", ("keyPrefix", "name")),
                Component("state-none", "state.redis", ("keyPrefix", "none")),
                Component("state-lit", "state.redis", ("keyPrefix", "literal")),
                Component("state-sqlite", "state.sqlite"),
            ],
        })]);
}
