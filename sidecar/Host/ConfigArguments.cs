using System.Diagnostics.CodeAnalysis;

namespace DaprShop.Sidecar.Host;

/// <summary>The command line of <c>config set STORE KEY VALUE</c>, what follows the word config.</summary>
internal sealed record ConfigArguments(string Store, string Key, string Value)
{
    private const string Expected = "expected config set STORE KEY VALUE [--version V] [-f PATH] [--data DIR]";

    public string Version { get; init; } = "";

    /// <summary>The run file of the running host; null when it is to be looked for.</summary>
    public string? RunFile { get; init; }

    /// <summary>The data directory of the running host; null when it is that beside its run file.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>False with a reason when an argument is not understood.</summary>
    public static bool TryParse(
        ReadOnlySpan<string> arguments, [NotNullWhen(true)] out ConfigArguments? parsed, [NotNullWhen(false)] out string? error)
    {
        (parsed, error) = (null, Expected);
        if (arguments is not ["set", var store, var key, var value, .. var options] || options.Length % 2 != 0)
        {
            return false;
        }

        var result = new ConfigArguments(store, key, value);
        foreach (var option in options.ToArray().Chunk(2))
        {
            switch (option)
            {
                case ["--version", var version]:
                    result = result with { Version = version };
                    break;
                case ["-f" or "--run-file", var file]:
                    result = result with { RunFile = file };
                    break;
                case ["--data", var directory]:
                    result = result with { DataDirectory = directory };
                    break;
                default:
                    error = $"{option[0]} is not an option, {Expected}";
                    return false;
            }
        }

        (parsed, error) = (result, null);
        return true;
    }
}
