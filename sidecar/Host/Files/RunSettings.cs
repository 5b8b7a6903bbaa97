using System.Globalization;
using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Host.Files;

/// <summary>An app's settings over those of <c>common</c>: a setting at its zero value ("", 0, false) takes the common one.</summary>
internal sealed class RunSettings(YamlMap app, YamlMap? common)
{
    private static readonly (string Suffix, long Factor)[] Quantities =
        [("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("k", 1000), ("M", 1_000_000), ("G", 1_000_000_000), ("", 1)];

    public string? Text(string key) => app.Text(key) is { Length: > 0 } text ? text : common?.Text(key);

    public int? Number(string key) => app.Number(key) is { } number and not 0 ? number : common?.Number(key);

    public bool Flag(string key) => app.Flag(key) == true || common?.Flag(key) == true;

    public Dictionary<string, string> Environment()
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var map in new[] { common?.Map("env"), app.Map("env") })
        {
            foreach (var key in map?.Keys ?? [])
            {
                environment[key] = map!.Value(key) ?? "";
            }
        }

        return environment;
    }

    public string OneOf(string key, string otherwise, string[] known)
    {
        var text = Text(key);
        if (string.IsNullOrEmpty(text))
        {
            return otherwise;
        }

        if (known.Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            return text.ToLowerInvariant();
        }

        Where(key).Problem(key, $"\"{text}\" is not possible, expected {string.Join(", ", known)}");
        return otherwise;
    }

    public LogLevel LogLevel() => OneOf("logLevel", "info", ["debug", "info", "warn", "warning", "error", "fatal"]) switch
    {
        "debug" => Microsoft.Extensions.Logging.LogLevel.Debug,
        "info" => Microsoft.Extensions.Logging.LogLevel.Information,
        "error" => Microsoft.Extensions.Logging.LogLevel.Error,
        "fatal" => Microsoft.Extensions.Logging.LogLevel.Critical,
        _ => Microsoft.Extensions.Logging.LogLevel.Warning,
    };

    public LogDestination Destination(string key, LogDestination otherwise) =>
        OneOf(key, "", ["console", "file", "fileAndConsole"]) switch
        {
            "console" => LogDestination.Console,
            "file" => LogDestination.File,
            "fileandconsole" => LogDestination.FileAndConsole,
            _ => otherwise,
        };

    /// <summary>A Kubernetes quantity such as 4Mi, in bytes.</summary>
    public int Bytes(string key, int otherwise)
    {
        var text = Text(key);
        if (string.IsNullOrEmpty(text))
        {
            return otherwise;
        }

        var (suffix, factor) = Quantities.First(quantity => text.EndsWith(quantity.Suffix, StringComparison.Ordinal));
        if (decimal.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) &&
            number * factor is > 0 and <= int.MaxValue)
        {
            return (int)(number * factor);
        }

        Where(key).Problem(key, $"\"{text}\" is not a size, expected a quantity such as 4Mi");
        return otherwise;
    }

    public AppHealthOptions? Health()
    {
        if (!Flag("enableAppHealthCheck"))
        {
            return null;
        }

        var defaults = new AppHealthOptions();
        return new AppHealthOptions
        {
            Path = Text("appHealthCheckPath") is { Length: > 0 } path ? path : defaults.Path,
            Interval = Number("appHealthProbeInterval") is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : defaults.Interval,
            Timeout = Number("appHealthProbeTimeout") is { } milliseconds and > 0 ? TimeSpan.FromMilliseconds(milliseconds) : defaults.Timeout,
            Threshold = Number("appHealthThreshold") is { } threshold and > 0 ? threshold : defaults.Threshold,
        };
    }

    private YamlMap Where(string key) => app.Has(key) || common is null ? app : common;
}
