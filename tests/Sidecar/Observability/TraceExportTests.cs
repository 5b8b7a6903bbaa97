using System.Net;
using System.Net.Sockets;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Tests.PubSub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.Observability;

/// <summary>What real collectors are sent.</summary>
public sealed class TraceExportTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_between_apps_is_one_trace_from_the_callers_span_to_the_called_app(bool grpc)
    {
        await using var collector = await Collector.StartAsync();
        var otlp = grpc ? new OtlpSpec(new Uri($"http://{collector.GrpcAddress}"), IsGrpc: true)
            : new OtlpSpec(new Uri($"http://{collector.HttpAddress}/v1/traces"), IsGrpc: false);
        var configuration = Exporting(new TraceExportSpec { Otlp = otlp with { Headers = new Dictionary<string, string> { ["x-token"] = "s3cret=" } } });
        string? seen = null;
        await using (var dapr = await SidecarFixture.StartAsync(
            new TestApp("shop") { Configuration = configuration },
            new TestApp("stock")
            {
                Configuration = configuration,
                Routes = app => app.MapGet("/mugs", (HttpRequest request) => seen = request.Headers.TraceParent.ToString()),
            }))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1.0/invoke/stock/method/mugs") { Headers = { { "traceparent", Parent } } };
            (await dapr.Http("shop").SendAsync(request)).EnsureSuccessStatusCode();
        }

        var caller = Assert.Single(collector.Spans, span => span.Service == "shop");
        var callee = Assert.Single(collector.Spans, span => span.Service == "stock");
        Assert.Equal(("CallLocal/stock/mugs", "b7ad6b7169203331"), (caller.Name, caller.ParentId));
        Assert.Equal(("CallLocal/stock/mugs", caller.Id), (callee.Name, callee.ParentId));
        Assert.Equal($"00-0af7651916cd43dd8448eb211c80319c-{callee.Id}-01", seen);
        Assert.All(collector.Spans, span => Assert.Equal("0af7651916cd43dd8448eb211c80319c", span.TraceId));
        Assert.Equal(("http", "200", "mugs", "GET"), (caller.Tags["dapr.protocol"], caller.Tags["dapr.status_code"], caller.Tags["dapr.invoke_method"], caller.Tags["http.request.method"]));
        Assert.All(collector.Tokens, token => Assert.Equal("s3cret=", token));
    }

    [Fact]
    public async Task A_message_and_its_delivery_are_one_trace_at_Zipkin()
    {
        var received = new Received();
        await using var collector = await Collector.StartAsync();
        await using (var dapr = await SidecarFixture.StartAsync(new TestApp("shop")
        {
            Components = [Component("pubsub", "pubsub.redis")],
            Configuration = Exporting(new TraceExportSpec { Zipkin = new Uri($"http://{collector.HttpAddress}/api/v2/spans") }),
            Routes = app =>
            {
                app.Announce(Subscriber.To("orders", "/orders"));
                app.Take("/orders", received);
            },
        }))
        {
            (await dapr.Http("shop").PostAsync("/v1.0/publish/pubsub/orders", new StringContent("one"))).EnsureSuccessStatusCode();
            await received.SingleAsync();
        }

        var published = Assert.Single(collector.Spans, span => span.Name.EndsWith("/v1.0/publish/pubsub/orders", StringComparison.Ordinal));
        var delivered = Assert.Single(collector.Spans, span => span.Name == "pubsub/orders");
        Assert.Equal((published.TraceId, published.Id), (delivered.TraceId, delivered.ParentId));
        Assert.Equal("", published.ParentId);
        Assert.Equal("shop", published.Service);
        Assert.Equal(("pubsub", "orders"), (published.Tags["messaging.system"], delivered.Tags["messaging.destination"]));
        Assert.Equal($"00-{delivered.TraceId}-{delivered.Id}-01", (await received.SingleAsync()).Headers["traceparent"]);
    }

    [Fact]
    public async Task What_the_caller_does_not_sample_is_not_sent()
    {
        await using var collector = await Collector.StartAsync();
        await using (var dapr = await SidecarFixture.StartAsync(new TestApp("shop")
        {
            Components = [Component("store", "state.sqlite")],
            Configuration = Exporting(new TraceExportSpec { Zipkin = new Uri($"http://{collector.HttpAddress}/api/v2/spans") }),
        }))
        {
            using var silent = new HttpRequestMessage(HttpMethod.Get, "/v1.0/state/store/silent") { Headers = { { "traceparent", Parent[..^1] + "0" } } };
            using var answer = await dapr.Http("shop").SendAsync(silent);
            await dapr.Http("shop").GetStringAsync("/v1.0/state/store/loud");
            await dapr.Http("shop").GetStringAsync("/v1.0/healthz");

            Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", Assert.Single(answer.Headers.GetValues("traceparent")), StringComparison.Ordinal);
        }

        var span = Assert.Single(collector.Spans);
        Assert.Equal(("state", "store", "204"), (span.Tags["db.system"], span.Tags["db.name"], span.Tags["dapr.status_code"]));
    }

    [Fact]
    public async Task Without_its_collector_a_sidecar_works_and_stops_as_ever()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var nobody = closed.LocalEndpoint.ToString();
        closed.Stop();
        var dapr = await SidecarFixture.StartAsync(new TestApp("shop")
        {
            Components = [Component("store", "state.sqlite")],
            Configuration = Exporting(new TraceExportSpec
            {
                Otlp = new OtlpSpec(new Uri($"http://{nobody}"), IsGrpc: true), Zipkin = new Uri($"http://{nobody}/api/v2/spans"), Stdout = true,
            }),
        });

        for (var i = 0; i < 20; i++)
        {
            using var answer = await dapr.Http("shop").GetAsync("/v1.0/state/store/k");
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }

        await dapr.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static ConfigurationSpec Exporting(TraceExportSpec export) => new() { SamplingRate = "1", TraceExport = export };
}
