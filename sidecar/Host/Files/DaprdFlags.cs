using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Host.Files;

/// <summary>
/// The command line of daprd, for one sidecar without its app. Nearly every flag is a key of dapr.yaml, so it becomes a run file
/// of one app: the same checks, the same messages.
/// </summary>
internal sealed record DaprdFlags
{
    private static readonly Dictionary<string, string> Keys = new(StringComparer.Ordinal)
    {
        ["app-id"] = "appID",
        ["app-port"] = "appPort",
        ["app-protocol"] = "appProtocol",
        ["app-channel-address"] = "appChannelAddress",
        ["app-max-concurrency"] = "appMaxConcurrency",
        ["dapr-http-port"] = "daprHTTPPort",
        ["dapr-grpc-port"] = "daprGRPCPort",
        ["metrics-port"] = "metricsPort",
        ["dapr-listen-addresses"] = "apiListenAddresses",
        ["config"] = "configFilePath",
        ["log-level"] = "logLevel",
        ["enable-api-logging"] = "enableApiLogging",
        ["max-body-size"] = "maxBodySize",
        ["read-buffer-size"] = "readBufferSize",
        ["enable-app-health-check"] = "enableAppHealthCheck",
        ["app-health-check-path"] = "appHealthCheckPath",
        ["app-health-probe-interval"] = "appHealthProbeInterval",
        ["app-health-probe-timeout"] = "appHealthProbeTimeout",
        ["app-health-threshold"] = "appHealthThreshold",
    };

    private const int DefaultMetricsPort = 9090;

    // Where the flag counts in mebibytes and kibibytes.
    private static readonly Dictionary<string, (string Key, string Unit)> Sizes = new(StringComparer.Ordinal)
    {
        ["dapr-http-max-request-size"] = ("maxBodySize", "Mi"),
        ["dapr-http-read-buffer-size"] = ("readBufferSize", "Ki"),
    };

    // Go's flags of this kind never take the next argument as their value.
    private static readonly string[] Switches =
    [
        "enable-app-health-check", "enable-metrics", "enable-profiling", "enable-mtls", "enable-api-logging", "log-as-json", "app-ssl",
        "disable-builtin-k8s-secret-store", "version",
    ];

    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal) { ["daprHTTPPort"] = "3500", ["daprGRPCPort"] = "50001" };
    private readonly List<string> _resources = [];
    private readonly List<string> _ignored = [];
    private bool _metrics = true;

    private DaprdFlags()
    {
    }

    public string AppId => _settings["appID"];

    /// <summary>--log-as-json.</summary>
    public bool LogAsJson { get; private set; }

    /// <summary>Flags that are accepted and have no effect here.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    /// <summary>A command line of daprd, which always has --app-id.</summary>
    public static bool AreMeant(IReadOnlyList<string> arguments) =>
        arguments.Any(argument => NameOf(argument) is "app-id" && argument.StartsWith('-'));

    /// <summary>Reads daprd's flags; the host's own options, which may stand among them, are left in <paramref name="rest"/>.</summary>
    public static bool TryParse(
        IReadOnlyList<string> arguments, [NotNullWhen(true)] out DaprdFlags? flags, out IReadOnlyList<string> rest, [NotNullWhen(false)] out string? error)
    {
        var (parsed, own, left) = (new DaprdFlags(), new List<string>(), new Queue<string>(arguments));
        (flags, rest, error) = (null, own, null);
        while (left.TryDequeue(out var argument))
        {
            if (HostArguments.IsOwn(argument))
            {
                own.Add(argument);
                if (HostArguments.TakingAPath(argument) && left.TryDequeue(out var directory))
                {
                    own.Add(directory);
                }

                continue;
            }

            if (!argument.StartsWith('-') || argument == "--")
            {
                error = $"{argument} is not a flag: this runs a sidecar alone, its app is started by itself";
                return false;
            }

            var name = NameOf(argument);
            var value = argument.Split('=', 2) is [_, var assigned] ? assigned
                : Switches.Contains(name) ? "true"
                : left.TryPeek(out var next) && !next.StartsWith('-') ? left.Dequeue()
                : null;
            if (!parsed.Take(name, value))
            {
                error = $"--{name} needs a value";
                return false;
            }
        }

        if (!parsed._settings.TryGetValue("appID", out var appId) || appId.Length == 0)
        {
            error = "--app-id needs a value";
            return false;
        }

        flags = parsed;
        return true;
    }

    /// <summary>The run file that says the same; relative paths start at the working directory, as daprd's do.</summary>
    public RunFile? ToRunFile(Findings findings)
    {
        var here = Directory.GetCurrentDirectory();
        var yaml = new StringBuilder("version: 1\n");
        yaml.Append(CultureInfo.InvariantCulture, $"name: {Quoted(AppId)}\napps:\n- appDirPath: {Quoted(here)}\n  daprdLogDestination: console\n");
        foreach (var (key, value) in _settings)
        {
            // Only text needs quotes, and a number in quotes would be text.
            var isPlain = value is "true" or "false" || int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
            yaml.Append(CultureInfo.InvariantCulture, $"  {key}: {(isPlain && key != "appID" ? value : Quoted(value))}\n");
        }

        if (_resources.Count > 0)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  resourcesPaths: [{string.Join(", ", _resources.Select(Quoted))}]\n");
        }

        var file = RunFileReader.Read(Path.Combine(here, "the command line"), yaml.ToString(), findings);
        return file is null ? null : file with { Apps = [.. file.Apps.Select(app => app with { MetricsPort = MetricsPortOf(app) })] };
    }

    // daprd's own default, which only one sidecar of a machine can have: others take a free port, unless they name one.
    private int? MetricsPortOf(RunApp app) => !_metrics ? null
        : _settings.ContainsKey("metricsPort") || !StartChecks.IsFree(DefaultMetricsPort) ? app.MetricsPort
        : DefaultMetricsPort;

    private static string NameOf(string argument) => argument.TrimStart('-').Split('=')[0];

    // JSON's strings are YAML's too.
    private static string Quoted(string text) => JsonSerializer.Serialize(text);

    private bool Take(string name, string? value)
    {
        if (name is "resources-path" or "components-path")
        {
            _resources.AddRange(value?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? []);
            return value is not null;
        }

        if (Sizes.TryGetValue(name, out var size))
        {
            _settings[size.Key] = value + size.Unit;
            return value is not null;
        }

        if (Keys.TryGetValue(name, out var key))
        {
            _settings[key] = value ?? "";
            return value is not null;
        }

        switch (name)
        {
            case "log-as-json":
                LogAsJson = value != "false";
                return true;
            case "enable-metrics":
                _metrics = value != "false";
                return true;
        }

        _ignored.Add($"--{name}");
        return true;
    }
}
