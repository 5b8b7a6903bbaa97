using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Dapr.Client;
using DaprShop.Sidecar.Resources;
using Grpc.Core;
using Grpc.Net.Client;

namespace DaprShop.Sidecar.Tests.PubSub;

/// <summary>Publishing over HTTP and gRPC: the envelope that subscribers get, and the errors.</summary>
public sealed class PublishTests : IAsyncLifetime
{
    private readonly Received _received = new();
    private SidecarFixture _dapr = null!;

    public async Task InitializeAsync() => _dapr = await SidecarFixture.StartAsync(new TestApp("shop")
    {
        Components =
        [
            TestComponents.Component("pubsub", "pubsub.redis"),
            TestComponents.Component(
                "scoped",
                "pubsub.redis",
                ("allowedTopics", "free,locked,guarded"),
                ("publishingScopes", "shop=free; other=locked"),
                ("subscriptionScopes", "shop=free"),
                ("protectedTopics", "guarded")),
        ],
        Configuration = new ConfigurationSpec { SamplingRate = "1" },
        Routes = app =>
        {
            app.Announce(
                Subscriber.To("plain", "/plain"),
                Subscriber.To("a/b/c", "/abc"),
                Subscriber.To("raw", "/raw", metadata: new { rawPayload = "true" }));
            app.Take("/plain", _received);
            app.Take("/abc", _received);
            app.Take("/raw", _received);
        },
    });

    public Task DisposeAsync() => _dapr.DisposeAsync().AsTask();

    [Fact]
    public async Task JSON_is_delivered_in_an_envelope_with_all_attributes()
    {
        await PublishAsync("pubsub/plain", """{"n":1.50,"t":"x"}""", "application/json");
        var delivery = await _received.SingleAsync();
        Assert.Equal("application/cloudevents+json", delivery.Headers["content-type"]);
        Assert.Equal("pubsub", delivery.Headers["pubsubname"]);
        Assert.Equal("1.50", delivery.Event.GetProperty("data").GetProperty("n").GetRawText());
        Assert.Equal("application/json", delivery.Attribute("datacontenttype"));
        Assert.Equal("1.0", delivery.Attribute("specversion"));
        Assert.Equal("com.dapr.event.sent", delivery.Attribute("type"));
        Assert.Equal("shop", delivery.Attribute("source"));
        Assert.Equal("pubsub", delivery.Attribute("pubsubname"));
        Assert.Equal("plain", delivery.Attribute("topic"));
        Assert.True(Guid.TryParse(delivery.Attribute("id"), out _));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", delivery.Attribute("time"));
        Assert.Equal("", delivery.Attribute("tracestate"));
        Assert.Equal(
            ["data", "datacontenttype", "id", "pubsubname", "source", "specversion", "time", "topic", "traceid", "traceparent", "tracestate", "type"],
            delivery.Event.EnumerateObject().Select(attribute => attribute.Name).Order());
    }

    [Theory]
    [InlineData("text/plain", "hello", "text/plain")]
    [InlineData(null, "hello", "text/plain")]
    [InlineData("application/xml", "<a>grün</a>", "application/xml")]
    [InlineData("application/json", "{\"broken", "application/json")]
    [InlineData("application/vnd.shop+json", "{\"a\":1}", "application/vnd.shop+json")]
    [InlineData("application/json", "\"scalar\"", "application/json", "scalar")]
    [InlineData("application/json", "", "application/json")]
    public async Task What_is_not_JSON_is_a_text(string? contentType, string body, string dataContentType, string? text = null)
    {
        await PublishAsync("pubsub/plain", body, contentType);
        var delivery = await _received.SingleAsync();
        Assert.Equal(text ?? body, delivery.Text);
        Assert.Equal(dataContentType, delivery.Attribute("datacontenttype"));
    }

    [Fact]
    public async Task Binary_data_is_base64()
    {
        await PublishAsync("pubsub/plain", "bytes", "application/octet-stream");
        var delivery = await _received.SingleAsync();
        Assert.Equal("bytes", Encoding.UTF8.GetString(delivery.Event.GetProperty("data_base64").GetBytesFromBase64()));
        Assert.False(delivery.Event.TryGetProperty("data", out _));
    }

    [Fact]
    public async Task An_own_CloudEvent_is_kept_but_for_topic_and_pubsub()
    {
        await PublishAsync(
            "pubsub/plain",
            """{"specversion":"1.0","id":"my-1","type":"my.type","source":"me","subject":"s","topic":"other","pubsubname":"other","data":{"a":1},"ext":"kept"}""",
            "application/cloudevents+json; charset=utf-8");
        var delivery = await _received.SingleAsync();
        Assert.Equal(("my-1", "my.type", "me"), (delivery.Attribute("id"), delivery.Attribute("type"), delivery.Attribute("source")));
        Assert.Equal(("plain", "pubsub", "kept"), (delivery.Attribute("topic"), delivery.Attribute("pubsubname"), delivery.Attribute("ext")));
        Assert.NotNull(delivery.Attribute("time"));
        Assert.Equal(delivery.Attribute("traceparent"), delivery.Attribute("traceid"));
    }

    [Fact]
    public async Task Metadata_overrides_attributes_and_reaches_the_subscriber_as_headers()
    {
        await PublishAsync(
            "pubsub/plain?metadata.cloudevent.type=x&metadata.CloudEvent.Id=7&metadata.cloudevent.source=here&metadata.cloudevent.subject=sub&metadata.partitionKey=k",
            "{}",
            "application/json");
        var delivery = await _received.SingleAsync();
        Assert.Equal(("x", "7", "here"), (delivery.Attribute("type"), delivery.Attribute("id"), delivery.Attribute("source")));
        Assert.Equal("sub", delivery.Attribute("subject"));
        Assert.Equal("k", delivery.Headers["partitionkey"]);
    }

    [Fact]
    public async Task A_raw_payload_reaches_a_raw_subscriber_as_its_bytes()
    {
        await PublishAsync("pubsub/raw?metadata.rawPayload=true", "raw bytes", "text/plain");
        var delivery = await _received.SingleAsync();
        Assert.Equal("raw bytes", Encoding.UTF8.GetString(delivery.Event.GetProperty("data_base64").GetBytesFromBase64()));
        Assert.Equal("Dapr", delivery.Attribute("source"));
        Assert.Equal("application/octet-stream", delivery.Attribute("datacontenttype"));
    }

    [Fact]
    public async Task Event_and_delivery_have_spans_of_the_publishers_trace()
    {
        var parent = $"00-{new string('a', 32)}-b7ad6b7169203331-01";
        await PublishAsync("pubsub/plain", "{}", "application/json", parent);
        var delivery = await _received.SingleAsync();
        Assert.StartsWith(parent[..35], delivery.Attribute("traceparent"), StringComparison.Ordinal);
        Assert.StartsWith(parent[..35], delivery.Headers["traceparent"], StringComparison.Ordinal);
        Assert.Equal(3, new[] { parent, delivery.Attribute("traceparent"), delivery.Headers["traceparent"] }.Distinct().Count());
    }

    [Fact]
    public async Task A_time_to_live_is_an_attribute_and_a_bad_one_is_ignored()
    {
        await PublishAsync("pubsub/plain?metadata.ttlInSeconds=60", "{}", "application/json");
        await PublishAsync("pubsub/plain?metadata.ttlInSeconds=abc", "{}", "application/json");
        var deliveries = await _received.AtLeastAsync(2);
        Assert.Single(deliveries, delivery => delivery.Attribute("expiration") is not null);
    }

    [Fact]
    public async Task A_topic_may_contain_slashes()
    {
        await PublishAsync("pubsub/a/b/c", "{}", "application/json");
        Assert.Equal("a/b/c", (await _received.SingleAsync()).Attribute("topic"));
    }

    [Fact]
    public async Task Bulk_publishing_takes_each_entrys_own_content_type()
    {
        await PublishAsync(
            "bulk/pubsub/plain?metadata.cloudevent.type=bulk",
            """
            [{"entryId":"1","event":{"a":1},"contentType":"application/json"},
             {"entryId":"2","event":"text","contentType":"text/plain","metadata":{"cloudevent.id":"two"}},
             {"entryId":"3","event":"Ynl0ZXM=","contentType":"application/octet-stream"}]
            """,
            "application/json");
        var deliveries = await _received.AtLeastAsync(3);
        Assert.All(deliveries, delivery => Assert.Equal("bulk", delivery.Attribute("type")));
        Assert.Single(deliveries, delivery => delivery.Attribute("id") == "two" && delivery.Text == "text");
        Assert.Single(deliveries, delivery => delivery.Attribute("data_base64") == "Ynl0ZXM=");
    }

    [Theory]
    [InlineData("nopubsub/x", "{}", 404, "ERR_PUBSUB_NOT_FOUND", "DAPR_PUBSUB_NOT_FOUND", "pubsub nopubsub is not found")]
    [InlineData("pubsub/plain?metadata.rawPayload=maybe", "{}", 400, "ERR_PUBSUB_REQUEST_METADATA", "DAPR_PUBSUB_METADATA_DESERIALIZATION",
        "failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is 'maybe'")]
    [InlineData("scoped/guarded", "{}", 403, "ERR_PUBSUB_FORBIDDEN", "DAPR_PUBSUB_FORBIDDEN", "topic guarded is not allowed for app id shop")]
    [InlineData("scoped/locked", "{}", 403, "ERR_PUBSUB_FORBIDDEN", "DAPR_PUBSUB_FORBIDDEN", "topic locked is not allowed for app id shop")]
    [InlineData("scoped/unheard", "{}", 403, "ERR_PUBSUB_FORBIDDEN", "DAPR_PUBSUB_FORBIDDEN", "topic unheard is not allowed for app id shop")]
    [InlineData("bulk/nopubsub/x", "[]", 404, "ERR_PUBSUB_NOT_FOUND", "DAPR_PUBSUB_NOT_FOUND", "pubsub nopubsub is not found")]
    [InlineData("bulk/pubsub/x", """[{"event":"a","contentType":"text/plain"}]""", 400, "ERR_PUBSUB_EVENTS_SER", "DAPR_PUBSUB_MARSHAL_EVENTS",
        "error marshaling events to bytes for topic x pubsub pubsub. error: entryId is duplicated or not present for entry")]
    [InlineData("bulk/pubsub/x", "{", 400, "ERR_PUBSUB_EVENTS_SER", "DAPR_PUBSUB_UNMARSHAL_EVENTS", null)]
    public async Task Errors_are_daprds(string path, string body, int status, string code, string reason, string? message)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body, "application/json");
        using var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(code, error.RootElement.GetProperty("errorCode").GetString());
        Assert.Equal(message ?? error.RootElement.GetProperty("message").GetString(), error.RootElement.GetProperty("message").GetString());
        Assert.Contains(error.RootElement.GetProperty("details").EnumerateArray(), detail =>
            detail.TryGetProperty("reason", out var found) && found.GetString() == reason);
    }

    [Theory]
    [InlineData("POST", "pubsub/plain", "nope", 500, "ERR_PUBSUB_CLOUD_EVENTS_SER")]
    [InlineData("POST", "pubsub/plain", "[]", 500, "ERR_PUBSUB_CLOUD_EVENTS_SER")]
    [InlineData("POST", "pubsub/plain", "{\"id\":\"\\ud800\"}", 500, "ERR_PUBSUB_CLOUD_EVENTS_SER")]
    [InlineData("POST", "pubsub/", "{}", 404, "ERR_DIRECT_INVOKE")]
    [InlineData("GET", "pubsub/plain", "{}", 404, "ERR_DIRECT_INVOKE")]
    public async Task Other_requests_are_refused(string method, string path, string body, int status, string code)
    {
        using var response = await SendAsync(new HttpMethod(method), path, body, "application/cloudevents+json");
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(code, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PUT_and_an_empty_bulk_request_are_fine()
    {
        using var put = await SendAsync(HttpMethod.Put, "pubsub/nobody", "{}", "application/json");
        Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        using var bulk = await SendAsync(HttpMethod.Post, "bulk/pubsub/nobody", "[]", "application/json");
        Assert.Equal(HttpStatusCode.NoContent, bulk.StatusCode);
    }

    [Fact]
    public async Task The_SDK_publishes_one_and_many()
    {
        using var client = _dapr.Client("shop");
        await client.PublishEventAsync("pubsub", "plain", new { A = 1 }, new Dictionary<string, string> { ["cloudevent.type"] = "one" });
        var bulk = await client.BulkPublishEventAsync("pubsub", "plain", [new { A = 2 }, new { A = 3 }]);
        Assert.Empty(bulk.FailedEntries);
        var deliveries = await _received.AtLeastAsync(3);
        Assert.Equal([1, 2, 3], deliveries.Select(delivery => delivery.Event.GetProperty("data").GetProperty("a").GetInt32()).Order());
        Assert.Single(deliveries, delivery => delivery.Attribute("type") == "one");
    }

    [Theory]
    [InlineData("nopubsub", "x", StatusCode.InvalidArgument)]
    [InlineData("pubsub", "", StatusCode.InvalidArgument)]
    [InlineData("scoped", "guarded", StatusCode.PermissionDenied)]
    public async Task The_SDK_gets_gRPC_statuses(string pubSub, string topic, StatusCode status)
    {
        using var channel = GrpcChannel.ForAddress(_dapr.Endpoint("shop").GrpcEndpoint);
        var client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel);
        var request = new Dapr.Client.Autogen.Grpc.v1.PublishEventRequest { PubsubName = pubSub, Topic = topic };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.PublishEventAsync(request));
        Assert.Equal(status, error.StatusCode);
    }

    private async Task PublishAsync(string path, string body, string? contentType, string? traceParent = null)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body, contentType, traceParent);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body, string? contentType, string? traceParent = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/v1.0/publish/{path}", UriKind.Relative))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        if (traceParent is not null)
        {
            request.Headers.Add("traceparent", traceParent);
        }

        return await _dapr.Http("shop").SendAsync(request);
    }
}
