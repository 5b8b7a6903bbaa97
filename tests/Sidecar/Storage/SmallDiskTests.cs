using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using DaprShop.Sidecar.Host.Running;
using DaprShop.Sidecar.Tests.Host;
using DaprShop.Sidecar.Tests.PubSub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace DaprShop.Sidecar.Tests.Storage;

/// <summary>A host whose data, logs included, are on a file system of a few megabytes, which runs full.</summary>
public sealed class SmallDiskTests : IAsyncLifetime
{
    private readonly RunFolder _folder = new RunFolder().WithDirectory("data")
        .With("res/store.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: store}\nspec: {type: state.sqlite, metadata: [{name: connectionString, value: a.db}]}\n")
        .With("res/pubsub.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: pubsub}\nspec: {type: pubsub.redis, metadata: [{name: redisHost, value: \"localhost:6379\"}]}\n");

    private readonly Received _received = new();
    private readonly int _port = FreePorts.Next();
    private WebApplication _app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Announce(Subscriber.To("orders", "/orders"));
        _app.Take("/orders", _received);
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        if (IsRoot)
        {
            await RunAsync("umount", "-l", _folder.At("data"));
        }

        _folder.Dispose();
    }

    [FactForRoot]
    public async Task A_host_outlives_a_full_disk_and_has_acknowledged_nothing_that_it_did_not_store()
    {
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", _folder.At("data"));
        await using var first = await StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}"), Timeout = TimeSpan.FromSeconds(60) };
        await File.WriteAllBytesAsync(_folder.At("data/ballast"), new byte[4 * 1024 * 1024]);
        var (keys, texts) = (new ConcurrentBag<string>(), new ConcurrentBag<string>());

        var refused = 0;
        for (var i = 0; refused < 20 && i < 5_000; i++)
        {
            var value = new string('x', 8_000);
            using var saved = await http.PostAsJsonAsync("/v1.0/state/store", new[] { new { key = $"k{i}", value } });
            await CountAsync(saved, $"k{i}", keys);
            using var published = await http.PostAsync("/v1.0/publish/pubsub/orders", new StringContent($"{i} {value}"));
            await CountAsync(published, $"{i} {value}", texts);
        }

        Assert.InRange(refused, 20, 21);
        File.Delete(_folder.At("data/ballast"));
        using var works = await http.PostAsJsonAsync("/v1.0/state/store", new[] { new { key = "room", value = "again" } });
        Assert.Equal(HttpStatusCode.NoContent, works.StatusCode);
        keys.Add("room");
        using var publishes = await http.PostAsync("/v1.0/publish/pubsub/orders", new StringContent("again"));
        Assert.Equal(HttpStatusCode.NoContent, publishes.StatusCode);
        texts.Add("again");

        first.Signal(Native.Kill);
        await first.ExitAsync();
        await using var second = await StartAsync();
        foreach (var key in keys)
        {
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"/v1.0/state/store/{key}")).StatusCode);
        }

        await _received.UntilAsync(all => !texts.Except(all.Select(delivery => delivery.Text!)).Any());

        async Task CountAsync(HttpResponseMessage answer, string what, ConcurrentBag<string> acknowledged)
        {
            if (answer.IsSuccessStatusCode)
            {
                acknowledged.Add(what);
                return;
            }

            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            Assert.Contains("database or disk is full", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            refused++;
        }
    }

    private static bool IsRoot => Environment.IsPrivilegedProcess && OperatingSystem.IsLinux();

    private async Task<HostProcess> StartAsync()
    {
        var host = HostProcess.Start(
            _folder, "--app-id", "shop", "--app-port", $"{new Uri(_app.Urls.Single()).Port}", "--dapr-http-port", $"{_port}", "--dapr-grpc-port", "0",
            "--enable-metrics=false", "--resources-path", _folder.At("res"), "--data", _folder.At("data"), "--peers", "peers");
        await host.ReadyAsync();
        await host.LineAsync("dapr initialized. Status: Running.");
        return host;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
    }

    private sealed class FactForRootAttribute : FactAttribute
    {
        public FactForRootAttribute() => Skip = IsRoot ? null! : "only root can mount a small file system";
    }
}
