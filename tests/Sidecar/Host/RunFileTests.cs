using DaprShop.Sidecar.Host.Files;
using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Tests.Host;

public sealed class RunFileTests : IDisposable
{
    private const string Whole = """
        version: 1
        name: shop
        common:
          resourcesPaths: [./components]
          configFilePath: config.yaml
          appProtocol: h2c
          logLevel: warn
          maxBodySize: 16Mi
          apiListenAddresses: 127.0.0.1,::1
          enableAppHealthCheck: true
          appHealthCheckPath: /alive
          appLogDestination: file
          env:
            ONE: common
            TWO: common
        apps:
        - appID: orders
          appDirPath: services/orders
          appPort: 5104
          daprHTTPPort: 3504
          daprGRPCPort: 4504
          metricsPort: 9504
          command: [dotnet, orders.dll]
          env:
            TWO: 2
            THREE: true
        - appDirPath: services/catalog
          resourcesPath: own
          configFilePath: own.yaml
          appProtocol: grpc
          maxBodySize: "1024"
          readBufferSize: 8Ki
          appMaxConcurrency: 7
          appHealthProbeInterval: 1
          appHealthProbeTimeout: 250
          appHealthThreshold: 2
          appLogDestination: console

        """;

    private readonly RunFolder _folder = new RunFolder()
        .WithDirectory("components").WithDirectory("services/orders").WithDirectory("services/catalog/own")
        .With("config.yaml", "").With("services/catalog/own.yaml", "");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_app_takes_what_it_does_not_say_from_common()
    {
        var (file, findings) = Read(Whole);

        Assert.Empty(findings.Problems);
        Assert.Empty(findings.Warnings);
        Assert.Equal("shop", file!.Name);
        var app = file.Apps[0];
        Assert.Equal("orders", app.AppId);
        Assert.Equal(_folder.At("services/orders"), app.Directory);
        Assert.Equal((5104, 3504, 4504, 9504), (app.AppPort, app.HttpPort, app.GrpcPort, app.MetricsPort));
        Assert.Equal(["dotnet", "orders.dll"], app.Command);
        Assert.Equal([_folder.At("components")], app.ResourceDirectories);
        Assert.Equal(_folder.At("config.yaml"), app.ConfigurationFile);
        Assert.Equal("h2c", app.Protocol);
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Warning, app.LogLevel);
        Assert.Equal(16 * 1024 * 1024, app.MaxBodySize);
        Assert.Equal(4096, app.ReadBufferSize);
        Assert.Equal(["127.0.0.1", "::1"], app.ListenAddresses);
        Assert.Equal(new AppHealthOptions { Path = "/alive" }, app.Health);
        Assert.Equal(LogDestination.File, app.AppLog);
        Assert.Equal(LogDestination.File, app.SidecarLog);
        Assert.Equal(new Dictionary<string, string> { ["ONE"] = "common", ["TWO"] = "2", ["THREE"] = "true" }, app.Environment);
    }

    [Fact]
    public void What_an_app_says_itself_wins_and_its_paths_start_at_its_directory()
    {
        var app = Read(Whole).File!.Apps[1];

        Assert.Equal("catalog", app.AppId);
        Assert.Equal([_folder.At("services/catalog/own")], app.ResourceDirectories);
        Assert.Equal(_folder.At("services/catalog/own.yaml"), app.ConfigurationFile);
        Assert.Equal("grpc", app.Protocol);
        Assert.Equal(1024, app.MaxBodySize);
        Assert.Equal(8192, app.ReadBufferSize);
        Assert.Equal(7, app.MaxConcurrency);
        Assert.Equal(0, app.AppPort);
        Assert.Empty(app.Command);
        Assert.Equal(
            new AppHealthOptions { Path = "/alive", Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromMilliseconds(250), Threshold = 2 }, app.Health);
        Assert.Equal(LogDestination.Console, app.AppLog);
    }

    [Fact]
    public void Resources_in_the_app_directory_come_before_the_common_ones()
    {
        _folder.WithDirectory("services/orders/.dapr/resources").With("services/orders/.dapr/config.yaml", "");

        var app = Read(Whole).File!.Apps[0];

        Assert.Equal([_folder.At("services/orders/.dapr/resources")], app.ResourceDirectories);
        Assert.Equal(_folder.At("services/orders/.dapr/config.yaml"), app.ConfigurationFile);
    }

    [Fact]
    public void Without_any_resources_named_those_of_the_runtime_path_are_taken_if_there_are_any()
    {
        _folder.WithDirectory("home/.dapr/components");

        var with = Read("version: 1\napps:\n- appDirPath: services/orders\n  runtimePath: " + _folder.At("home") + "\n").File!.Apps[0];
        var without = Read("version: 1\napps:\n- appDirPath: services/orders\n  runtimePath: " + _folder.At("nosuch") + "\n").File!.Apps[0];

        Assert.Equal([_folder.At("home/.dapr/components")], with.ResourceDirectories);
        Assert.Empty(without.ResourceDirectories);
        Assert.Null(without.ConfigurationFile);
    }

    [Fact]
    public void Anchors_and_merge_keys_work()
    {
        var (file, findings) = Read("version: 1\napps:\n- &one\n  appID: one\n  appDirPath: services/orders\n  appPort: 1\n- <<: *one\n  appID: two\n");

        Assert.Empty(findings.Problems);
        Assert.Equal(("two", 1), (file!.Apps[1].AppId, file.Apps[1].AppPort));
    }

    [Theory]
    [InlineData("version: 1\n", "", "dapr.yaml:1: version: required field 'version' not found in the provided run template file, expected version: 1")]
    [InlineData("  appDirPath: services/orders\n", "", "dapr.yaml:17: apps[0].appDirPath: required field 'appDirPath' not found in the provided app config file, expected the app's directory")]
    [InlineData("appPort: 5104", "appPort: high", "dapr.yaml:19: apps[0].appPort: \"high\" is not a number, expected an integer")]
    [InlineData("appPort: 5104", "appPort: 70000", "dapr.yaml:19: apps[0].appPort: 70000 is not a port, expected a number up to 65535")]
    [InlineData("command: [dotnet, orders.dll]", "command: dotnet orders.dll", "dapr.yaml:23: apps[0].command: is not a list, expected items that begin with \"- \"")]
    [InlineData("appID: orders", "appID: my.orders", "dapr.yaml:17: apps[0].appID: \"my.orders\" is not an app id, expected a name without dots and spaces")]
    [InlineData("appID: orders", "appID: catalog", "dapr.yaml:27: apps[1].appID: catalog is the app id of apps[0] (line 17) too, expected one of its own")]
    [InlineData("appProtocol: h2c", "appProtocol: ftp", "dapr.yaml:6: common.appProtocol: \"ftp\" is not possible, expected http, https, h2c, grpc, grpcs")]
    [InlineData("maxBodySize: 16Mi", "maxBodySize: much", "dapr.yaml:8: common.maxBodySize: \"much\" is not a size, expected a quantity such as 4Mi")]
    public void A_mistake_is_named_with_file_line_and_field(string right, string wrong, string expected) =>
        Assert.Contains(expected, Read(Whole.Replace(right, wrong, StringComparison.Ordinal)).Findings.Problems.Select(_folder.Shown));

    [Theory]
    [InlineData("appDirPath: services/orders", "appDirPath: services/nosuch", "apps[0].appDirPath: ", "services/nosuch does not exist, expected a directory")]
    [InlineData("[./components]", "[./nosuch]", "common.resourcesPaths: ", "nosuch does not exist, expected a directory")]
    [InlineData("configFilePath: own.yaml", "configFilePath: nosuch.yaml", "apps[1].configFilePath: ", "services/catalog/nosuch.yaml does not exist, expected a file")]
    public void A_path_that_does_not_exist_is_named(string right, string wrong, string field, string expected) => Assert.Contains(
        field + expected, string.Join('\n', Read(Whole.Replace(right, wrong, StringComparison.Ordinal)).Findings.Problems.Select(_folder.Shown)),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("version: 1\napps: []\n", "dapr.yaml:2: apps: No apps to run, expected at least one")]
    [InlineData("", "dapr.yaml:1: is empty, expected version and apps")]
    [InlineData("- a\n- b\n", "dapr.yaml:1: is not a mapping, expected keys such as apiVersion and kind")]
    public void A_file_without_apps_is_refused(string text, string expected)
    {
        var (file, findings) = Read(text);

        Assert.Null(file);
        Assert.Equal([expected], findings.Problems.Select(_folder.Shown));
    }

    [Fact]
    public void An_unknown_key_is_a_warning()
    {
        var (_, findings) = Read(Whole.Replace("  appPort: 5104", "  appPorts: 5104", StringComparison.Ordinal));

        Assert.Empty(findings.Problems);
        Assert.Equal(["dapr.yaml:19: apps[0].appPorts: is not a known key and is ignored"], findings.Warnings.Select(_folder.Shown));
    }

    [Fact]
    public void Ports_named_twice_are_found()
    {
        var (file, findings) = Read(Whole.Replace("daprGRPCPort: 4504", "daprGRPCPort: 3504", StringComparison.Ordinal));

        StartChecks.CheckPorts(file!.Apps);

        Assert.Contains(
            "dapr.yaml:21: apps[0].daprGRPCPort: port 3504 of orders is daprHTTPPort of orders (line 20) too, expected a port of its own",
            findings.Problems.Select(_folder.Shown));
    }

    [Fact]
    public void The_run_file_is_looked_for_upwards()
    {
        _folder.With("dapr.yaml", Whole);

        Assert.Equal(_folder.RunFile, ProjectRoot.FindRunFile(null, _folder.At("services/orders"), "/"));
        Assert.Equal(_folder.RunFile, ProjectRoot.FindRunFile(null, "/", _folder.At("services")));
        Assert.Equal(_folder.RunFile, ProjectRoot.FindRunFile(".", _folder.Root, "/"));
        Assert.Equal(_folder.At("services/dapr.yaml"), ProjectRoot.FindRunFile("services", _folder.Root, "/"));
    }

    private (RunFile? File, Findings Findings) Read(string text)
    {
        var findings = new Findings();
        return (RunFileReader.Read(_folder.RunFile, text, findings), findings);
    }
}
