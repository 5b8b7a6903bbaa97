using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using DaprShop.Sidecar.Host.Running;

namespace DaprShop.Sidecar.Tests.Host;

/// <summary>Runs the host itself; the apps are shell scripts.</summary>
public sealed class HostProcessTests : IDisposable
{
    private const string Resting = "echo $$ >> pids; echo resting; while :; do sleep 0.1; done";

    private readonly RunFolder _folder = new RunFolder().WithDirectory("app").WithDirectory("res");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_app_gets_the_variables_of_the_dapr_cli_and_those_of_the_run_file()
    {
        Write("""
            version: 1
            common:
              resourcesPaths: [res]
              env: {COMMON: common, BOTH: common}
            apps:
            - appDirPath: app
              appID: one
              env: {BOTH: app}
              command: ["sh", "-c", "pwd; env; echo failed 1>&2; exec sleep 600"]
            """);
        await using var host = HostProcess.Start(_folder);

        await host.ReadyAsync();

        await host.LineAsync($"== APP - one == {_folder.At("app")}");
        await host.LineAsync("== APP - one == APP_ID=one");
        await host.LineAsync("== APP - one == APP_PROTOCOL=http");
        await host.LineAsync("== APP - one == COMMON=common");
        await host.LineAsync("== APP - one == BOTH=app");
        await host.LineAsync("== APP - one == DAPR_GRPC_PORT=");
        await host.LineAsync("== APP - one == failed");
        var variable = await host.LineAsync("== APP - one == DAPR_HTTP_PORT=");
        using var client = new HttpClient();
        using var health = await client.GetAsync(new Uri($"http://127.0.0.1:{variable.Split('=')[^1]}/v1.0/healthz"));
        Assert.Equal(HttpStatusCode.NoContent, health.StatusCode);
        Assert.Contains("failed", File.ReadAllText(_folder.At(".dapr/logs/one.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_ends_is_reported_with_its_last_lines_and_the_others_stay()
    {
        WriteApps(App("crashing", "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i; done; exit 3") + $"  appPort: {FreePorts.Next()}\n", App("staying", Resting));
        await using var host = HostProcess.Start(_folder);

        await host.LineAsync("crashing has ended with exit code 3; the other apps go on.");
        await host.LineAsync("    line 12");
        await host.LineAsync("== APP - staying == resting");
        await host.ReadyAsync();

        Assert.DoesNotContain("    line 2\n", host.Output, StringComparison.Ordinal);
        Assert.Contains("    line 3\n", host.Output, StringComparison.Ordinal);
        Assert.Contains("ended (3)", host.Output, StringComparison.Ordinal);
        Assert.Contains("is up only in part", host.Output, StringComparison.Ordinal);
        Assert.True(Assert.Single(Pids()).IsRunning);
    }

    [Theory]
    [InlineData(Native.Interrupt)]
    [InlineData(Native.Terminate)]
    public async Task A_signal_ends_the_apps_and_leaves_nothing(int signal)
    {
        // The second app starts a process of its own and waits for it.
        WriteApps(App("one", Resting), App("two", $"sh -c '{Resting}' & wait"));
        await using var host = HostProcess.Start(_folder);
        await host.ReadyAsync();
        await host.LineAsync("== APP - two == resting");
        var apps = Pids();

        host.Signal(signal);

        Assert.Equal(0, await host.ExitAsync());
        Assert.Equal(2, apps.Length);
        Assert.DoesNotContain(apps, app => app.IsRunning);
        Assert.False(File.Exists(_folder.At(".dapr/run.json")));
    }

    [Theory]
    [InlineData(false, "data/kept", true)]
    [InlineData(true, "data/in-memory/kept", false)]
    public async Task Files_of_an_app_stay_as_long_as_its_state(bool inMemory, string path, bool stays)
    {
        WriteApps(App("keeper", "echo 1 > $DATA_DIR/kept; " + Resting));
        await using var host = HostProcess.Start(_folder, ["--data", "data", .. inMemory ? new[] { "--in-memory" } : []]);
        await host.ReadyAsync();
        await host.LineAsync("resting");
        Assert.True(File.Exists(_folder.At(path)));

        host.Signal(Native.Interrupt);

        Assert.Equal(0, await host.ExitAsync());
        Assert.Equal(stays, File.Exists(_folder.At(path)));
    }

    [Fact]
    public async Task A_second_signal_ends_an_app_that_does_not_want_to()
    {
        WriteApps(App("stubborn", "trap 'echo never' TERM; " + Resting));
        await using var host = HostProcess.Start(_folder);
        await host.ReadyAsync();
        await host.LineAsync("resting");

        host.Signal(Native.Interrupt);
        await host.LineAsync("never");
        host.Signal(Native.Interrupt);

        Assert.Equal(0, await host.ExitAsync());
        Assert.Contains("Ending at once: stubborn", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Pids(), app => app.IsRunning);
    }

    [Fact]
    public async Task After_a_kill_the_next_host_ends_what_was_left_and_runs()
    {
        WriteApps(App("stubborn", "trap '' TERM; " + Resting), App("docile", Resting));
        await using var first = HostProcess.Start(_folder);
        await first.ReadyAsync();
        await first.LineAsync("stubborn == resting");
        await first.LineAsync("docile == resting");
        var apps = Pids();

        first.Signal(Native.Kill);
        await first.ExitAsync();
        await using var second = HostProcess.Start(_folder);
        await second.ReadyAsync();

        Assert.Contains("stubborn", await second.LineAsync("Ended what a killed host had left running"), StringComparison.Ordinal);
        Assert.DoesNotContain(apps, app => app.IsRunning);
    }

    [Fact]
    public async Task A_second_host_on_the_same_data_directory_refuses()
    {
        WriteApps(App("one", Resting));
        await using var first = HostProcess.Start(_folder);
        await first.ReadyAsync();

        await using var second = HostProcess.Start(_folder);

        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains("is in use by the host with process id", second.Output, StringComparison.Ordinal);
        Assert.Single(Pids());
    }

    [Fact]
    public async Task A_port_in_use_is_named_and_nothing_is_started()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        WriteApps(App("one", Resting) + $"  daprGRPCPort: {port}\n");

        await using var host = HostProcess.Start(_folder);

        Assert.Equal(1, await host.ExitAsync());
        Assert.Contains(
            $"dapr.yaml:8: apps[0].daprGRPCPort: port {port} of one is not available, expected one that no other program listens on",
            host.Output, StringComparison.Ordinal);
        Assert.Empty(Pids());
    }

    [Fact]
    public async Task All_that_is_wrong_is_named_at_once_and_nothing_is_started()
    {
        _folder.With("res/a.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: a\nspec:\n  type: state.nosuch\n");
        WriteApps(App("one", Resting), "- appID: two\n  appDirPath: app\n  command: [\"dotnet\", \"nosuch.dll\"]\n", "- appID: three\n  appDirPath: app\n  command: [./nosuch]\n");

        await using var host = HostProcess.Start(_folder);

        Assert.Equal(1, await host.ExitAsync());
        Assert.Contains("res/a.yaml:6: spec.type: state.nosuch is not a type", host.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"dapr.yaml:10: apps[1].command: {_folder.At("app/nosuch.dll")} of two does not exist, expected it to be built: dotnet build -c Release",
            host.Output, StringComparison.Ordinal);
        Assert.Contains("dapr.yaml:13: apps[2].command: ./nosuch of three is not found", host.Output, StringComparison.Ordinal);
        Assert.Contains("Nothing was started", host.Output, StringComparison.Ordinal);
        Assert.Empty(Pids());
    }

    [Fact]
    public async Task An_app_whose_language_is_not_installed_is_left_out_with_a_notice()
    {
        WriteApps(App("one", Resting), "- appID: two\n  appDirPath: app\n  command: [nosuch, main.x]\n");

        await using var host = HostProcess.Start(_folder);

        await host.LineAsync("apps[1].command: nosuch is not on the PATH: two is not started, the others run without it");
        await host.LineAsync("is up only in part");
        Assert.Contains("not started", host.Output, StringComparison.Ordinal);
        Assert.True(Assert.Single(Pids()).IsRunning);
    }

    [Fact]
    public async Task An_app_with_a_port_is_waited_for_and_its_address_is_shown()
    {
        // The app is another host: its sidecar listens on the port that the outer one waits for.
        var port = FreePorts.Next();
        _folder.WithDirectory("inner").With("inner/dapr.yaml", $"version: 1\napps:\n- appID: inside\n  appDirPath: .\n  daprHTTPPort: {port}\n");
        Write($"""
            version: 1
            name: Russian doll
            common:
              resourcesPaths: [res]
            apps:
            - appID: outside
              appDirPath: inner
              appPort: {port}
              env: {"{"}LAUNCH_URL: /v1.0/metadata{"}"}
              command: ["dotnet", "{HostProcess.Library}", "-f", "dapr.yaml"]
            """);
        await using var host = HostProcess.Start(_folder, "run", "-f", _folder.RunFile, "--in-memory", "--data", _folder.At("data"));

        var line = await host.LineAsync("Russian doll is up after");

        Assert.Contains($"http://localhost:{port}/v1.0/metadata   Ctrl-C ends it.", line, StringComparison.Ordinal);
        using var client = new HttpClient();
        var metadata = await client.GetFromJsonAsync<JsonElement>(new Uri($"http://127.0.0.1:{port}/v1.0/metadata"));
        Assert.Equal("inside", metadata.GetProperty("id").GetString());
        Assert.Equal(_folder.At("inner/dapr.yaml"), metadata.GetProperty("extended").GetProperty("runTemplatePath").GetString());
        Assert.False(File.Exists(_folder.At("data/dapr.db")));
    }

    [Fact]
    public async Task A_value_of_a_configuration_store_is_set_from_the_command_line()
    {
        _folder.With("res/a.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: {name: config}
            spec: {type: configuration.redis, metadata: [{name: redisHost, value: "localhost:6379"}]}
            scopes: [two]
            """);
        Write("""
            version: 1
            common:
              resourcesPaths: [res]
            apps:
            - {appID: one, appDirPath: app}
            - {appID: two, appDirPath: app}
            """);
        await using var host = HostProcess.Start(_folder);
        await host.ReadyAsync();

        await using var set = HostProcess.Start(_folder, "config", "set", "config", "a/b", "-1 ü", "--version", "7");
        await using var refused = HostProcess.Start(_folder, "config", "set", "nosuch", "k", "v");
        await using var wrong = HostProcess.Start(_folder, "config", "set", "config", "k", "v", "--version");

        Assert.Equal(0, await set.ExitAsync());
        Assert.Equal(1, await refused.ExitAsync());
        Assert.Equal(2, await wrong.ExitAsync());
        await refused.LineAsync("two: configuration store nosuch not found");
        await wrong.LineAsync("expected config set STORE KEY VALUE");
        var port = RunRecord.SidecarsOf(_folder.At(".dapr/run.json"))["two"];
        using var client = new HttpClient();
        Assert.Equal(
            """{"a/b":{"value":"-1 ü","version":"7"}}""",
            await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/v1.0/configuration/config?key=a/b")));
    }

    [Fact]
    public async Task Without_a_running_host_no_value_can_be_set()
    {
        WriteApps(App("one", Resting));

        await using var set = HostProcess.Start(_folder, "config", "set", "config", "k", "v");

        Assert.Equal(1, await set.ExitAsync());
        await set.LineAsync("No host is running on");
    }

    private static string App(string id, string script) => $"- appID: {id}\n  appDirPath: app\n  command: [\"sh\", \"-c\", {JsonSerializer.Serialize(script)}]\n";

    private void Write(string whole) => _folder.With("dapr.yaml", whole);

    private void WriteApps(params ReadOnlySpan<string> apps) =>
        Write("version: 1\ncommon:\n  resourcesPaths: [res]\napps:\n" + string.Concat(apps));

    /// <summary>The processes whose scripts wrote down their ids and that are running now.</summary>
    private ProcessIdentity[] Pids() => File.Exists(_folder.At("app/pids"))
        ? [.. File.ReadAllLines(_folder.At("app/pids")).Select(line => ProcessIdentity.Of(int.Parse(line))).OfType<ProcessIdentity>()]
        : [];
}
