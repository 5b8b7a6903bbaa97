using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Host.Files;

/// <summary>A multi-app run file (dapr.yaml) with paths resolved and <c>common</c> merged into the apps.</summary>
internal sealed record RunFile(string Path, string? Name, IReadOnlyList<RunApp> Apps);

/// <summary>One of <c>apps</c>; the names are those of the file's keys.</summary>
internal sealed record RunApp
{
    private const string DataDirectoryVariable = "DATA_DIR";

    public required string AppId { get; init; }

    /// <summary>Absolute path: where the app and relative paths in components start.</summary>
    public required string Directory { get; init; }

    /// <summary>Where it stands in the file, for messages.</summary>
    public required YamlMap Map { get; init; }

    /// <summary>0 is none.</summary>
    public int AppPort { get; init; }

    /// <summary>0 is any free port; so are the next two (null: no metrics).</summary>
    public int HttpPort { get; init; }

    public int GrpcPort { get; init; }

    public int? MetricsPort { get; init; } = 0;

    /// <summary>Program and arguments; empty when only a sidecar is wanted.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>For the app only, never for the sidecar.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> ResourceDirectories { get; init; } = [];

    public string? ConfigurationFile { get; init; }

    /// <summary>As given; empty is 127.0.0.1.</summary>
    public string ChannelAddress { get; init; } = "";

    public string Protocol { get; init; } = "http";

    public IReadOnlyList<string> ListenAddresses { get; init; } = [];

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public int MaxConcurrency { get; init; } = -1;

    /// <summary>Bytes.</summary>
    public int MaxBodySize { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes.</summary>
    public int ReadBufferSize { get; init; } = 4 * 1024;

    /// <summary>Null: as the Configuration says.</summary>
    public bool? ApiLogging { get; init; }

    public AppHealthOptions? Health { get; init; }

    public LogDestination AppLog { get; init; } = LogDestination.FileAndConsole;

    public LogDestination SidecarLog { get; init; } = LogDestination.File;

    /// <summary>The app with DATA_DIR in its environment, unless the run file names another.</summary>
    public RunApp KeepingFilesIn(string directory) => Environment.ContainsKey(DataDirectoryVariable)
        ? this
        : this with { Environment = new Dictionary<string, string>(Environment) { [DataDirectoryVariable] = directory } };

    /// <summary>What the sidecar of this app is told.</summary>
    public SidecarOptions ToSidecarOptions() => new()
    {
        AppId = AppId,
        AppPort = AppPort,
        AppChannelAddress = ChannelAddress.Length > 0 ? ChannelAddress : "127.0.0.1",
        AppProtocol = Protocol,
        HttpPort = HttpPort,
        GrpcPort = GrpcPort,
        MetricsPort = MetricsPort,
        AppMaxConcurrency = MaxConcurrency,
        MaxBodySize = MaxBodySize,
        ReadBufferSize = ReadBufferSize,
        ListenAddresses = ListenAddresses,
        WorkingDirectory = Directory,
        EnableApiLogging = ApiLogging,
        AppHealth = Health,
    };
}

/// <summary>Where log lines go.</summary>
[Flags]
internal enum LogDestination
{
    Console = 1,
    File = 2,
    FileAndConsole = Console | File,
}
