using System.Net;
using System.Net.Http.Json;
using Dapr;
using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Tests.Actors;
using DaprShop.Sidecar.Tests.AppCallbacks;
using DaprShop.Sidecar.Tests.PubSub;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.Observability;

/// <summary>What Prometheus reads after known traffic.</summary>
public sealed class MetricsTests
{
    private static readonly Func<SidecarOptions, SidecarOptions> Measured = options => options with { MetricsPort = 0 };

    [Fact]
    public async Task Calls_to_components_are_counted_by_operation_and_outcome()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("shop")
        {
            Components = [Component("store", "state.sqlite"), Component("config", "configuration.redis")],
            Configure = Measured,
        });
        var http = dapr.Http("shop");
        for (var i = 0; i < 3; i++)
        {
            (await http.PostAsJsonAsync("/v1.0/state/store", new[] { new { key = "k", value = i } })).EnsureSuccessStatusCode();
        }

        using var lost = await http.PostAsJsonAsync("/v1.0/state/store", new[] { new { key = "k", value = 9, etag = "old" } });
        await http.GetStringAsync("/v1.0/state/store/k");
        await http.GetStringAsync("/v1.0/state/store/none");
        (await http.PostAsJsonAsync("/v1.0/state/store/bulk", new { keys = (string[])["k"] })).EnsureSuccessStatusCode();
        (await http.PostAsJsonAsync("/v1.0/state/store/transaction", new { operations = new[] { new { operation = "delete", request = new { key = "k" } } } }))
            .EnsureSuccessStatusCode();
        await http.GetStringAsync("/v1.0/configuration/config?key=none");

        var scrape = await Scrape.OfAsync(dapr, "shop");

        double State(string operation, string success) =>
            scrape["dapr_component_state_count", ("component", "store"), ("operation", operation), ("success", success), ("namespace", "default")];
        Assert.Equal(
            (3d, 1d, 2d, 1d, 1d),
            (State("set", "true"), State("set", "false"), State("get", "true"), State("bulk_get", "true"), State("transaction", "true")));
        Assert.Equal(3, scrape["dapr_component_state_latencies_count", ("operation", "set"), ("success", "true")]);
        Assert.Equal(3, scrape["dapr_component_state_latencies_bucket", ("operation", "set"), ("success", "true"), ("le", "+Inf")]);
        Assert.InRange(scrape["dapr_component_state_latencies_sum", ("operation", "set"), ("success", "true")], 0.001, 30_000);
        Assert.Equal(1, scrape["dapr_component_configuration_count", ("component", "config"), ("operation", "get"), ("success", "true")]);
        Assert.Equal(2, scrape["dapr_runtime_component_loaded"]);
        Assert.Equal(1, scrape["dapr_runtime_component_init_total", ("component", "store")]);
        Assert.Equal(5, scrape["dapr_http_server_request_count", ("method", "POST"), ("status", "204")] + scrape["dapr_http_server_request_count", ("method", "POST"), ("status", "200")]);
        Assert.Equal(1, scrape["dapr_http_server_response_count", ("method", "POST"), ("path", ""), ("status", lost.StatusCode.ToString("d"))]);
        Assert.Equal(9, scrape["dapr_http_server_request_bytes_count"]);
        Assert.Equal(["shop"], scrape.ValuesOf("app_id"));
    }

    [Fact]
    public async Task A_call_between_apps_is_counted_by_both_sidecars()
    {
        await using var dapr = await SidecarFixture.StartAsync(
            new TestApp("shop") { Configure = Measured },
            new TestApp("stock") { Configure = Measured, Routes = app => app.MapGet("/mugs", () => "7") });
        for (var i = 0; i < 4; i++)
        {
            await dapr.Http("shop").GetStringAsync("/v1.0/invoke/stock/method/mugs");
        }

        using var missing = await dapr.Http("shop").GetAsync("/v1.0/invoke/stock/method/cups");
        using var unknown = await dapr.Http("shop").GetAsync("/v1.0/invoke/nobody/method/mugs");

        var shop = await Scrape.OfAsync(dapr, "shop");
        var stock = await Scrape.OfAsync(dapr, "stock");

        Assert.Equal(5, shop["dapr_runtime_service_invocation_req_sent_total", ("dst_app_id", "stock"), ("type", "unary")]);
        Assert.Equal(4, shop["dapr_runtime_service_invocation_res_recv_total", ("src_app_id", "stock"), ("status", "200")]);
        Assert.Equal(1, shop["dapr_runtime_service_invocation_res_recv_total", ("src_app_id", "stock"), ("status", "404")]);
        Assert.Equal(4, shop["dapr_runtime_service_invocation_res_recv_latency_ms_count", ("src_app_id", "stock"), ("status", "200")]);
        Assert.Equal(5, stock["dapr_runtime_service_invocation_req_recv_total", ("src_app_id", "shop")]);
        Assert.Equal(4, stock["dapr_runtime_service_invocation_res_sent_total", ("dst_app_id", "shop"), ("status", "200")]);
        Assert.Equal(4, stock["dapr_http_client_completed_count", ("method", "GET"), ("status", "200")]);
        Assert.Equal(0, stock["dapr_runtime_service_invocation_req_sent_total"]);
        Assert.Equal(1, shop["dapr_http_server_request_count", ("status", unknown.StatusCode.ToString("d"))]);
    }

    [Fact]
    public async Task Messages_are_counted_when_they_are_published_and_when_the_app_has_answered()
    {
        var received = new Received();
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("shop")
        {
            Components = [Component("pubsub", "pubsub.redis")],
            Configure = Measured,
            Routes = app =>
            {
                app.Announce(Subscriber.To("orders", "/orders"));
                app.Take("/orders", received, delivery => Results.Json(new { status = delivery.Text == "bad" ? "DROP" : "SUCCESS" }));
            },
        });
        var http = dapr.Http("shop");
        foreach (var text in (string[])["one", "two", "bad"])
        {
            (await http.PostAsync("/v1.0/publish/pubsub/orders", new StringContent(text))).EnsureSuccessStatusCode();
        }

        object[] entries = [.. Enumerable.Range(0, 4).Select(i => new { entryId = $"{i}", @event = "more", contentType = "text/plain" })];
        (await http.PostAsJsonAsync("/v1.0-alpha1/publish/bulk/pubsub/orders", entries)).EnsureSuccessStatusCode();
        await received.AtLeastAsync(7);

        var scrape = await Scrape.UntilAsync(dapr, "shop", s => s["dapr_component_pubsub_ingress_count", ("process_status", "success")] >= 6);

        Assert.Equal(6, scrape["dapr_component_pubsub_ingress_count", ("component", "pubsub"), ("topic", "orders"), ("process_status", "success"), ("status", "success")]);
        Assert.Equal(1, scrape["dapr_component_pubsub_ingress_count", ("topic", "orders"), ("process_status", "drop")]);
        Assert.Equal(6, scrape["dapr_component_pubsub_ingress_latencies_count", ("process_status", "success")]);
        Assert.Equal(3, scrape["dapr_component_pubsub_egress_count", ("component", "pubsub"), ("topic", "orders"), ("success", "true")]);
        Assert.Equal(1, scrape["dapr_component_pubsub_egress_bulk_count", ("topic", "orders"), ("success", "true")]);
        Assert.Equal(4, scrape["dapr_component_pubsub_egress_bulk_event_count", ("topic", "orders"), ("success", "true")]);
    }

    [Fact]
    public async Task Retries_and_a_breaker_that_opens_are_seen()
    {
        var resiliency = new ResiliencySpec
        {
            Name = "policies",
            Retries = new Dictionary<string, RetrySpec> { ["again"] = new() { Duration = TimeSpan.FromMilliseconds(1), MaxRetries = 2 } },
            CircuitBreakers = new Dictionary<string, CircuitBreakerSpec> { ["fuse"] = new() { Trip = "consecutiveFailures >= 3" } },
            Apps = new Dictionary<string, TargetSpec> { ["stock"] = new(null, "again", "fuse") },
        };
        await using var dapr = await SidecarFixture.StartAsync(
            new TestApp("shop") { Configure = Measured, Resiliency = [resiliency] },
            new TestApp("stock") { Routes = app => app.MapGet("/mugs", () => Results.StatusCode(500)) });

        using var failed = await dapr.Http("shop").GetAsync("/v1.0/invoke/stock/method/mugs");

        var scrape = await Scrape.OfAsync(dapr, "shop");
        double Of(string name, string policy, string status) => scrape[
            name, ("name", "policies"), ("policy", policy), ("flow_direction", "outbound"), ("target", "app_stock"), ("status", status), ("namespace", "default")];
        Assert.Equal((1d, 2d), (Of("dapr_resiliency_count", "retry", ""), Of("dapr_resiliency_activations_total", "retry", "")));
        Assert.Equal((1d, 1d), (Of("dapr_resiliency_count", "circuitbreaker", "closed"), Of("dapr_resiliency_activations_total", "circuitbreaker", "open")));
        Assert.Equal((1d, 0d), (Of("dapr_resiliency_cb_state", "circuitbreaker", "open"), Of("dapr_resiliency_cb_state", "circuitbreaker", "closed")));
        Assert.Equal(1, scrape["dapr_resiliency_loaded", ("name", "policies")]);
    }

    [Fact]
    public async Task Actors_are_counted_with_their_timers_and_reminders()
    {
        var log = new ActorLog();
        await using var dapr = await SidecarFixture.StartAsync(MeasuredCounters(log, idle: TimeSpan.FromHours(1)), ActorApps.Caller());
        await dapr.Proxy("a").RemindAsync("wake", "up", TimeSpan.Zero);
        await dapr.Proxy("a").RemindAsync("fail", "up", TimeSpan.FromHours(1));
        await dapr.Proxy("a").StartTimerAsync(TimeSpan.FromHours(1));
        await log.UntilAsync("reminder a wake up");

        var busy = await Scrape.UntilAsync(dapr, "counters", s =>
            s["dapr_runtime_actor_reminders_fired_total"] > 0 && s["dapr_runtime_actor_timers_fired_total"] > 0
            && s["dapr_runtime_actor_reminders"] == 1 && s["dapr_runtime_actor_pending_actor_calls"] == 0);
        Assert.Equal(1, busy["dapr_runtime_actor_reminders_fired_total", ("actor_type", "Counter"), ("success", "true")]);
        Assert.Equal(1, busy["dapr_runtime_actor_timers_fired_total", ("actor_type", "Counter"), ("success", "true")]);
        Assert.Equal(1, busy["dapr_runtime_actor_timers", ("actor_type", "Counter")]);
    }

    [Fact]
    public async Task An_actor_that_idled_out_is_counted_and_its_timers_no_more()
    {
        await using var dapr = await SidecarFixture.StartAsync(MeasuredCounters(new ActorLog(), idle: TimeSpan.FromSeconds(1)), ActorApps.Caller());
        await dapr.Proxy("a").StartTimerAsync(TimeSpan.FromHours(1));

        var idle = await Scrape.UntilAsync(dapr, "counters", s => s["dapr_runtime_actor_deactivated_total"] > 0);
        Assert.Equal(1, idle["dapr_runtime_actor_deactivated_total", ("actor_type", "Counter")]);
        Assert.Equal(0, idle["dapr_runtime_actor_timers", ("actor_type", "Counter")]);
    }

    private static TestApp MeasuredCounters(ActorLog log, TimeSpan idle)
    {
        var counters = ActorApps.Counters(log, options => options.ActorIdleTimeout = idle);
        return counters with { Configure = options => counters.Configure(options) with { MetricsPort = 0 } };
    }

    [Fact]
    public async Task Calls_of_an_app_that_speaks_gRPC_are_counted_by_method_and_status()
    {
        var app = new CallbackApp
        {
            OnInvoke = (request, _) => request.Method == "mugs" ? new InvokeResponse() : throw new RpcException(new Status(StatusCode.NotFound, "no such method")),
        };
        var speaking = app.As("stock");
        await using var dapr = await SidecarFixture.StartAsync(
            new TestApp("shop"), speaking with { Configure = options => speaking.Configure(options) with { MetricsPort = 0 } });
        using var answered = await dapr.Http("shop").GetAsync("/v1.0/invoke/stock/method/mugs");
        using var refused = await dapr.Http("shop").GetAsync("/v1.0/invoke/stock/method/bowls");

        var scrape = await Scrape.OfAsync(dapr, "stock");

        double Of(string status) => scrape[
            "dapr_grpc_io_client_completed_rpcs", ("grpc_client_method", "/dapr.proto.runtime.v1.AppCallback/OnInvoke"), ("grpc_client_status", status)];
        Assert.Equal((1d, 1d), (Of("OK"), Of("NotFound")));
        Assert.Equal(1, scrape[
            "dapr_grpc_io_client_roundtrip_latency_count", ("grpc_client_method", "/dapr.proto.runtime.v1.AppCallback/OnInvoke"), ("grpc_client_status", "OK")]);
    }

    [Fact]
    public async Task Calls_over_gRPC_are_counted_by_method_and_status()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("shop") { Components = [Component("store", "state.sqlite")], Configure = Measured });
        using var client = dapr.Client("shop");
        await client.SaveStateAsync("store", "k", 1);
        await client.SaveStateAsync("store", "k", 2);
        await Assert.ThrowsAsync<DaprException>(() => client.SaveStateAsync("nosuch", "k", 1));

        var scrape = await Scrape.UntilAsync(dapr, "shop", s =>
            s["dapr_grpc_io_server_completed_rpcs", ("grpc_server_method", "/dapr.proto.runtime.v1.Dapr/SaveState"), ("grpc_server_status", "InvalidArgument")] > 0);

        Assert.Equal(2, scrape["dapr_grpc_io_server_completed_rpcs", ("grpc_server_method", "/dapr.proto.runtime.v1.Dapr/SaveState"), ("grpc_server_status", "OK")]);
        Assert.Equal(2, scrape["dapr_grpc_io_server_server_latency_count", ("grpc_server_method", "/dapr.proto.runtime.v1.Dapr/SaveState"), ("grpc_server_status", "OK")]);
    }

    [Fact]
    public async Task The_configuration_says_what_is_told_apart()
    {
        await using var dapr = await SidecarFixture.StartAsync(
            new TestApp("silent") { Configure = Measured, Configuration = new ConfigurationSpec { Metrics = new MetricsSpec { Enabled = false } } },
            new TestApp("paths")
            {
                Configure = Measured,
                Components = [Component("store", "state.sqlite")],
                Configuration = new ConfigurationSpec
                {
                    Metrics = new MetricsSpec
                    {
                        IncreasedCardinality = true, ExcludeVerbs = true, PathMatching = ["/orders/{id}"], LatencyBuckets = [5, 50], RecordErrorCodes = true,
                    },
                },
                Routes = app => app.MapGet("/orders/{id}", (string id) => id),
            });
        var http = dapr.Http("paths");
        await http.GetStringAsync("/v1.0/state/store/a");
        await http.GetStringAsync("/v1.0/state/store/b");
        await http.GetStringAsync("/v1.0/invoke/paths/method/orders/1");
        await http.GetStringAsync("/v1.0/invoke/paths/method/orders/2");
        using var failed = await http.GetAsync("/v1.0/state/nosuch/b");

        var scrape = await Scrape.OfAsync(dapr, "paths");

        Assert.Null(dapr.Endpoint("silent").MetricsPort);
        Assert.Equal(2, scrape["dapr_http_server_request_count", ("path", "/v1.0/state/store"), ("method", "")]);
        Assert.Equal(2, scrape["dapr_http_server_request_count", ("path", "/orders/{id}"), ("method", "")]);
        Assert.Equal(2, scrape["dapr_http_client_completed_count", ("path", "/orders/{id}"), ("method", "")]);
        Assert.Equal(["+Inf", "5", "50"], scrape.ValuesOf("le", "dapr_component_state_latencies_bucket").Order(StringComparer.Ordinal));
        Assert.Equal(1, scrape["dapr_error_code_total", ("error_code", "ERR_STATE_STORE_NOT_FOUND"), ("category", "state")]);
    }

    [Fact]
    public async Task The_metrics_port_answers_nothing_but_metrics()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("shop") { Components = [Component("store", "state.sqlite")], Configure = Measured });
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{dapr.Endpoint("shop").MetricsPort}") };

        using var post = await http.PostAsJsonAsync("/v1.0/state/store", new[] { new { key = "k", value = 1 } });
        using var get = await http.GetAsync("/v1.0/state/store/k");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        Assert.StartsWith("# HELP dapr_", await get.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", get.Content.Headers.ContentType!.ToString());
        Assert.Equal(HttpStatusCode.NoContent, (await dapr.Http("shop").GetAsync("/v1.0/state/store/k")).StatusCode);
    }
}
