using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Host.Files;

/// <summary>Reads a run file by the schema of Dapr's multi-app run; nothing is thrown, what is wrong is collected.</summary>
internal static class RunFileReader
{
    private static readonly string[] SharedKeys =
    [
        "configFilePath", "resourcesPaths", "resourcesPath", "appProtocol", "apiListenAddresses", "logLevel", "appMaxConcurrency",
        "placementHostAddress", "schedulerHostAddress", "maxBodySize", "readBufferSize", "appSSL", "enableProfiling", "enableApiLogging",
        "enableAppHealthCheck", "appHealthCheckPath", "appHealthProbeInterval", "appHealthProbeTimeout", "appHealthThreshold", "env",
        "appLogDestination", "daprdLogDestination", "runtimePath",
    ];

    private static readonly string[] AppKeys =
    [
        .. SharedKeys, "appID", "appDirPath", "appPort", "appChannelAddress", "daprHTTPPort", "daprGRPCPort", "daprInternalGRPCPort",
        "profilePort", "metricsPort", "command", "unixDomainSocket", "containerImage", "containerImagePullPolicy", "createService",
    ];

    /// <summary>Null when the file cannot be read at all or names no app; otherwise only sound if no problem was found.</summary>
    public static RunFile? Read(string path, Findings findings)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            findings.Problem(new ResourceProblem(path, 1, "", $"cannot be read ({e.Message}), expected a dapr.yaml"));
            return null;
        }

        return Read(path, text, findings);
    }

    public static RunFile? Read(string path, string text, Findings findings)
    {
        var documents = YamlFile.Read(path, text, findings, tolerable: false);
        if (documents.Count == 0)
        {
            if (findings.Problems.Count == 0)
            {
                findings.Problem(new ResourceProblem(path, 1, "", "is empty, expected version and apps"));
            }

            return null;
        }

        var root = documents[0];
        root.Expect("version", "name", "common", "apps");
        if (!root.Has("version") || root.Number("version") == 0)
        {
            root.Problem("version", "required field 'version' not found in the provided run template file, expected version: 1");
        }

        var common = root.Map("common");
        common?.Expect(SharedKeys);
        var maps = root.List("apps");
        if (maps.Count == 0)
        {
            root.Problem("apps", "No apps to run, expected at least one");
            return null;
        }

        var apps = maps.Select(map => ReadApp(map, common, Path.GetDirectoryName(Path.GetFullPath(path))!)).OfType<RunApp>().ToArray();
        FindDuplicateIds(apps);
        return new RunFile(Path.GetFullPath(path), root.Text("name"), apps);
    }

    private static RunApp? ReadApp(YamlMap map, YamlMap? common, string fileDirectory)
    {
        map.Expect(AppKeys);
        if (!map.Has("appDirPath"))
        {
            map.Problem("appDirPath", "required field 'appDirPath' not found in the provided app config file, expected the app's directory");
            return null;
        }

        var settings = new RunSettings(map, common);
        if (RunPaths.Existing(map, "appDirPath", map.Text("appDirPath") ?? "", fileDirectory, directory: true) is not { } directory)
        {
            return null;
        }

        var appId = map.Text("appID") is { Length: > 0 } id ? id : Path.GetFileName(Path.TrimEndingDirectorySeparator(directory));
        if (appId.Length == 0 || appId.Contains('.', StringComparison.Ordinal) || appId.Any(char.IsWhiteSpace))
        {
            map.Problem("appID", $"\"{appId}\" is not an app id, expected a name without dots and spaces");
        }

        var paths = new RunPaths(map, common, directory, fileDirectory, settings.Text("runtimePath"));
        return new RunApp
        {
            AppId = appId,
            Directory = directory,
            Map = map,
            AppPort = Port(map, "appPort"),
            HttpPort = Port(map, "daprHTTPPort"),
            GrpcPort = Port(map, "daprGRPCPort"),
            MetricsPort = Port(map, "metricsPort"),
            Command = map.Texts("command"),
            Environment = settings.Environment(),
            ResourceDirectories = paths.ResourceDirectories(),
            ConfigurationFile = paths.ConfigurationFile(),
            ChannelAddress = map.Text("appChannelAddress") ?? "",
            Protocol = settings.OneOf("appProtocol", "http", ["http", "https", "h2c", "grpc", "grpcs"]),
            ListenAddresses = settings.Text("apiListenAddresses")?
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            LogLevel = settings.LogLevel(),
            MaxConcurrency = settings.Number("appMaxConcurrency") is { } limit and not 0 ? limit : -1,
            MaxBodySize = settings.Bytes("maxBodySize", 4 * 1024 * 1024),
            ReadBufferSize = settings.Bytes("readBufferSize", 4 * 1024),
            ApiLogging = map.Flag("enableApiLogging") ?? common?.Flag("enableApiLogging"),
            Health = settings.Health(),
            AppLog = settings.Destination("appLogDestination", LogDestination.FileAndConsole),
            SidecarLog = settings.Destination("daprdLogDestination", LogDestination.File),
        };
    }

    private static int Port(YamlMap map, string key)
    {
        var port = map.Number(key) ?? 0;
        if (port > ushort.MaxValue)
        {
            map.Problem(key, $"{port} is not a port, expected a number up to {ushort.MaxValue}");
            return 0;
        }

        return Math.Max(port, 0);
    }

    private static void FindDuplicateIds(IEnumerable<RunApp> apps)
    {
        foreach (var same in apps.GroupBy(app => app.AppId, StringComparer.OrdinalIgnoreCase))
        {
            foreach (var app in same.Skip(1))
            {
                var first = same.First().Map;
                app.Map.Problem("appID", $"{app.AppId} is the app id of {first.Path} (line {first.LineOf("appID")}) too, expected one of its own");
            }
        }
    }
}
