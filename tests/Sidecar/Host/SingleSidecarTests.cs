using System.Net;
using System.Text.Json;
using DaprShop.Sidecar.Host;
using DaprShop.Sidecar.Resources.Yaml;
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
            ["--app-id", "orders", "--placement-host-address", "localhost:50005", "--enable-metrics=false", "--mode", "standalone", "--log-as-json"], out var arguments, out _));

        Assert.Equal(["--placement-host-address", "--enable-metrics", "--mode", "--log-as-json"], arguments.Sidecar!.Ignored);
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
