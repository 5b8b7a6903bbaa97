using System.Diagnostics.CodeAnalysis;
using DaprShop.Sidecar.Host.Files;

namespace DaprShop.Sidecar.Host;

/// <summary>The command line: <c>run -f PATH</c> as Dapr's CLI has it, and what only the embedded runtime can do.</summary>
internal sealed record HostArguments
{
    public const string Usage = """
        Runs the apps of a dapr.yaml, each with a Dapr sidecar, all sidecars in this one process.

        Usage: dotnet run --project sidecar/Host [-- run [options]]
               dotnet run --project sidecar/Host -- config set STORE KEY VALUE [--version V] [-f PATH] [--data DIR]
                 sets a value of a configuration store while a host is running

          -f, --run-file PATH  dapr.yaml, the directory it is in, or - for standard input;
                               default: the nearest dapr.yaml from here upwards
          --data DIR           where state, messages and logs are kept; default: .dapr beside dapr.yaml
          --in-memory          keep state and messages for this run only
          --lenient            where daprd logs a fault in a resource file and goes on, do the same
          --caller-policies    let accessControl.policies decide by the caller's app id, as daprd does with mTLS only
          --log-as-json        write the log, and all that the host itself says, as JSON
          -h, --help           this text
          --version            the daprd release that is followed

          --peers DIR          directory by which sidecars that run alone find one another; default: ~/.dapr/embedded

        With daprd's flags it runs one sidecar alone, for an app that is started by itself:

          --app-id ID [--app-port N] [--dapr-http-port N] [--dapr-grpc-port N] [--resources-path DIR] [--config FILE] …

        Ctrl-C ends the apps, then the sidecars; a second one ends them at once.
        """;

    /// <summary>File, directory, or "-"; null when it is to be looked for.</summary>
    public string? RunFile { get; init; }

    public string? DataDirectory { get; init; }

    public bool InMemory { get; init; }

    public bool Lenient { get; init; }

    public bool CallerPolicies { get; init; }

    /// <summary>Null is the default one.</summary>
    public string? PeerDirectory { get; init; }

    /// <summary>One sidecar alone, in place of a run file.</summary>
    public DaprdFlags? Sidecar { get; init; }

    public bool Help { get; init; }

    public bool Version { get; init; }

    /// <summary>Log lines as JSON objects.</summary>
    public bool LogAsJson { get; init; }

    /// <summary>An option of this program, not of daprd; those in <see cref="TakingAPath"/> have a value.</summary>
    public static bool IsOwn(string argument) =>
        argument is "--in-memory" or "--lenient" or "--caller-policies" or "-h" or "--help" || TakingAPath(argument);

    public static bool TakingAPath(string argument) => argument is "--data" or "--peers";

    /// <summary>False with a reason when an argument is not understood.</summary>
    public static bool TryParse(IReadOnlyList<string> arguments, out HostArguments parsed, [NotNullWhen(false)] out string? error)
    {
        parsed = new HostArguments();
        error = null;
        if (DaprdFlags.AreMeant(arguments))
        {
            if (!DaprdFlags.TryParse(arguments, out var flags, out arguments, out error))
            {
                return false;
            }

            // daprd logs many a fault and goes on; who starts a daprd expects that.
            parsed = parsed with { Sidecar = flags, Lenient = true, LogAsJson = flags.LogAsJson };
        }

        var rest = new Queue<string>(arguments);
        if (rest.TryPeek(out var first) && first == "run")
        {
            rest.Dequeue();
        }

        while (error is null && rest.TryDequeue(out var argument))
        {
            switch (argument)
            {
                case "-f" or "--run-file" when rest.TryDequeue(out var file):
                    parsed = parsed with { RunFile = file };
                    break;
                case "--data" when rest.TryDequeue(out var directory):
                    parsed = parsed with { DataDirectory = directory };
                    break;
                case "--peers" when rest.TryDequeue(out var directory):
                    parsed = parsed with { PeerDirectory = directory };
                    break;
                case "-f" or "--run-file" or "--data" or "--peers":
                    error = $"{argument} needs a path";
                    break;
                case "--in-memory":
                    parsed = parsed with { InMemory = true };
                    break;
                case "--lenient":
                    parsed = parsed with { Lenient = true };
                    break;
                case "--caller-policies":
                    parsed = parsed with { CallerPolicies = true };
                    break;
                case "--log-as-json":
                    parsed = parsed with { LogAsJson = true };
                    break;
                case "--version" or "-v":
                    parsed = parsed with { Version = true };
                    break;
                case "-h" or "--help":
                    parsed = parsed with { Help = true };
                    break;
                default:
                    error = $"{argument} is not an option";
                    break;
            }
        }

        return error is null;
    }
}
