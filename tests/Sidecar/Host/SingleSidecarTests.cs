using System.Net;
using System.Text.Json;
using DaprShop.Sidecar.Host;
using DaprShop.Sidecar.Resources.Yaml;
using DaprShop.Sidecar.Tests.Observability;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.Host;

public sealed class SingleSidecarTests
{
    [Fact]
    public void Daprs_flags_say_what_a_run_file_says()
    {
        using var folder = new RunFolder().WithDirectory("components").With("config.yaml", "");

        Assert.True(HostArguments.TryParse(
            ["--app-id", "orders", "-app-port=5104", "--dapr-http-port", "3504", "--dapr-grpc-port", "4504", "--app-protocol", "grpc", "--log-level", "debug",
             "--metrics-port", "9504", "--app-max-concurrency", "3", "--dapr-http-max-request-size", "16", "--resources-path", folder.At("components"),
             "--config", folder.At("config.yaml"), "--enable-app-health-check", "--app-health-threshold", "2", "--data", "here"],
            out var arguments,
            out _));
        var findings = new Findings();
        var app = arguments.Sidecar!.ToRunFile(findings)!.Apps.Single();

        Assert.Empty(findings.Problems);
        Assert.Equal("here", arguments.DataDirectory);
        Assert.Equal(("orders", "grpc", 3, 16 * 1024 * 1024), (app.AppId, app.Protocol, app.MaxConcurrency, app.MaxBodySize));
        Assert.Equal((5104, 3504, 4504, 9504), (app.AppPort, app.HttpPort, app.GrpcPort, app.MetricsPort));
        Assert.Equal([folder.At("components")], app.ResourceDirectories);
        Assert.Equal(folder.At("config.yaml"), app.ConfigurationFile);
        Assert.Equal(2, app.Health!.Threshold);
    }

    [Fact]
    public void Flags_of_daprd_that_mean_nothing_here_are_accepted()
    {
        Assert.True(HostArguments.TryParse(
            ["--app-id", "orders", "--placement-host-address", "localhost:50005", "--mode", "standalone", "--enable-mtls=false", "--dapr-graceful-shutdown-seconds", "5"], out var arguments, out _));

        Assert.Equal(["--placement-host-address", "--mode", "--enable-mtls", "--dapr-graceful-shutdown-seconds"], arguments.Sidecar!.Ignored);
    }

    [Theory]
    [InlineData("--enable-metrics=false", null, false)]
    [InlineData("--enable-metrics --metrics-port 9511 --log-as-json", 9511, true)]
    [InlineData("--metrics-port 0 --log-as-json=false", 0, false)]
    public void Metrics_and_the_form_of_the_log_are_switched_as_daprds_are(string line, int? port, bool json)
    {
        Assert.True(HostArguments.TryParse(["--app-id", "orders", .. line.Split(' ')], out var arguments, out _));

        Assert.Equal((port, json), (arguments.Sidecar!.ToRunFile(new Findings())!.Apps.Single().MetricsPort, arguments.LogAsJson));
        Assert.Empty(arguments.Sidecar.Ignored);
    }

    [Fact]
    public async Task A_sidecar_alone_shows_metrics_and_logs_in_JSON()
    {
        using var folder = new RunFolder();
        var metrics = FreePorts.Next();
        await using var shop = HostProcess.Start(folder, [.. Flags("shop", 0), "--metrics-port", $"{metrics}", "--log-as-json", "--mode", "standalone"]);
        await shop.ReadyAsync();
        await shop.LineAsync("dapr initialized. Status: Running.");

        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri($"http://127.0.0.1:{metrics}/metrics"));

        Assert.Contains("dapr_runtime_component_loaded{app_id=\"shop\"} 0", text, StringComparison.Ordinal);
        var lines = shop.Output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Contains(lines, line => line.GetProperty("msg").GetString()!.EndsWith("accepted, but without effect here: --mode", StringComparison.Ordinal));
        var running = lines.Single(line => line.GetProperty("msg").GetString()!.Contains("Status: Running", StringComparison.Ordinal));
        Assert.Equal(
            ("info", "shop", "dapr.runtime", "log"),
            (Text(running, "level"), Text(running, "app_id"), Text(running, "scope"), Text(running, "type")));

        static string? Text(JsonElement line, string name) => line.GetProperty(name).GetString();
    }

    [Theory]
    [InlineData("", "GET /v1.0/metadata", "GET /v1.0/secrets/mine/key", true)]
    [InlineData("{enabled: false, omitHealthChecks: true}", "GET /v1.0/metadata", "GET /v1.0/secrets/mine/key", false)]
    [InlineData("{obfuscateURLs: true}", "GET /v1.0/metadata", "GET /v1.0/secrets/{store}/{name}", true)]
    public async Task Each_API_call_is_a_line_of_the_log_where_that_is_asked_for(string settings, string first, string second, bool withHealthChecks)
    {
        using var folder = new RunFolder().With(
            "config.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: {{name: c}}\nspec:\n  logging:\n    apiLogging: {settings}\n");
        await using var shop = HostProcess.Start(folder, [.. Flags("shop", 0), "--config", folder.At("config.yaml"), "--enable-api-logging", "--log-as-json"]);
        await shop.ReadyAsync();

        using var http = new HttpClient { BaseAddress = Address(folder, "shop"), DefaultRequestHeaders = { { "User-Agent", "a test" } } };
        await http.GetStringAsync("/v1.0/healthz");
        await http.GetStringAsync("/v1.0/metadata");
        using var refused = await http.GetAsync("/v1.0/secrets/mine/key");
        await shop.LineAsync("secrets/");

        var calls = shop.Output.Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("msg").GetString() == "HTTP API Called")
            .Select(line => (line.GetProperty("method").GetString()!, line.GetProperty("code").GetInt32(), line.GetProperty("useragent").GetString(),
                line.GetProperty("scope").GetString(), line.GetProperty("app_id").GetString(), line.GetProperty("duration").GetInt64() >= 0));
        (string, int, string?, string?, string?, bool) Call(string method, int code) => (method, code, "a test", "dapr.runtime.http-info", "shop", true);
        Assert.Equal(
            [.. withHealthChecks ? [Call("GET /v1.0/healthz", 204)] : Array.Empty<(string, int, string?, string?, string?, bool)>(),
             Call(first, 200), Call(second, (int)refused.StatusCode)],
            calls);
    }

    [Fact]
    public async Task A_collector_that_only_the_environment_names_gets_the_spans()
    {
        using var folder = new RunFolder();
        await using var collector = await Collector.StartAsync();
        await using (var shop = HostProcess.StartWith(
            [("OTEL_EXPORTER_OTLP_ENDPOINT", $"http://{collector.HttpAddress}"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")], folder, Flags("shop", 0)))
        {
            await shop.ReadyAsync();
            using var http = new HttpClient { BaseAddress = Address(folder, "shop") };
            await http.GetStringAsync("/v1.0/metadata");
        }

        var span = Assert.Single(collector.Spans);
        Assert.Equal(("shop", "GET /v1.0/metadata"), (span.Service, span.Tags["dapr.api"]));
    }

    [Theory]
    [InlineData("--app-id", "--app-id needs a value")]
    [InlineData("--app-id a --app-port", "--app-port needs a value")]
    [InlineData("--app-id a -- node app.js", "-- is not a flag: this runs a sidecar alone, its app is started by itself")]
    public void A_command_line_that_is_not_understood_says_why(string line, string expected)
    {
        Assert.False(HostArguments.TryParse(line.Split(' '), out _, out var error));

        Assert.Equal(expected, error);
    }

    [Fact]
    public async Task Sidecars_that_run_alone_find_one_another_and_end_when_their_app_asks_for_it()
    {
        await using var app = await AppAsync();
        using var folder = new RunFolder();
        await using var shop = HostProcess.Start(folder, Flags("shop", 0));
        await shop.ReadyAsync();
        await using var stock = HostProcess.Start(folder, Flags("stock", new Uri(app.Urls.Single()).Port));
        await stock.ReadyAsync();
        using var http = new HttpClient { BaseAddress = Address(folder, "shop") };

        Assert.Equal("shop wants mugs", await http.GetStringAsync("/v1.0/invoke/stock/method/mugs"));
        using var shutdown = await http.PostAsync("/v1.0/shutdown", null);

        Assert.Equal(HttpStatusCode.NoContent, shutdown.StatusCode);
        Assert.Equal(0, await shop.ExitAsync());
        Assert.True(Directory.Exists(folder.At(".dapr/stock/logs")));
    }

    private static string[] Flags(string appId, int appPort) =>
        ["--app-id", appId, "--app-port", $"{appPort}", "--dapr-http-port", "0", "--dapr-grpc-port", "0", "--peers", "peers"];

    private static Uri Address(RunFolder folder, string appId)
    {
        var peers = Directory.GetFiles(folder.At("peers")).Select(path => JsonDocument.Parse(File.ReadAllText(path)).RootElement);
        return new Uri($"http://127.0.0.1:{peers.First(peer => peer.GetProperty("AppId").GetString() == appId).GetProperty("HttpPort")}");
    }

    private static async Task<WebApplication> AppAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/mugs", (HttpRequest request) => $"{request.Headers["dapr-caller-app-id"]} wants mugs");
        await app.StartAsync();
        return app;
    }
}
