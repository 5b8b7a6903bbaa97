using System.Net;
using System.Net.Sockets;
using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Host.Files;

/// <summary>What can be known to fail before anything is started: commands that do not exist, ports that are taken.</summary>
internal static class StartChecks
{
    /// <summary>
    /// The program and, for <c>dotnet X.dll</c>, the file it is to run must exist. The runtime of another language that this machine lacks
    /// (a name that is not on the PATH) keeps its own app from running and no other.
    /// </summary>
    public static void CheckCommands(IReadOnlyList<RunApp> apps)
    {
        var commands = apps.Where(app => app.Command.Count > 0).ToLookup(Exists);
        foreach (var app in commands.SelectMany(group => group))
        {
            var program = app.Command[0];
            if (!Exists(app) && commands[true].Any() && Path.GetFileName(program) == program)
            {
                app.Map.Warn("command", $"{program} is not on the PATH: {app.AppId} is not started, the others run without it");
            }
            else if (!Exists(app))
            {
                app.Map.Problem("command", $"{program} of {app.AppId} is not found, expected a program on the PATH or a path from {app.Directory}");
            }
            else if (Path.GetFileNameWithoutExtension(program) is "dotnet" &&
                app.Command.Skip(1).SkipWhile(argument => argument.StartsWith('-') || argument == "exec").FirstOrDefault() is { } library &&
                library.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) &&
                Path.GetFullPath(library, app.Directory) is var path && !File.Exists(path))
            {
                app.Map.Problem("command", $"{path} of {app.AppId} does not exist, expected it to be built: dotnet build -c Release");
            }
        }
    }

    private static bool Exists(RunApp app) => Executables.Find(app.Command[0], app.Directory, app.Environment) is not null;

    /// <summary>No port may be named twice or be in use. An app that is not started here may hold its own port already.</summary>
    public static void CheckPorts(IEnumerable<RunApp> apps)
    {
        var taken = new Dictionary<int, (RunApp App, string Key)>();
        foreach (var app in apps)
        {
            foreach (var (key, port) in Ports(app))
            {
                if (taken.TryGetValue(port, out var other))
                {
                    app.Map.Problem(key, $"port {port} of {app.AppId} is {other.Key} of {other.App.AppId} (line {other.App.Map.LineOf(other.Key)}) too, expected a port of its own");
                    continue;
                }

                taken[port] = (app, key);
                if ((key != "appPort" || app.Command.Count > 0) && !IsFree(port))
                {
                    app.Map.Problem(key, $"port {port} of {app.AppId} is not available, expected one that no other program listens on");
                }
            }
        }
    }

    private static IEnumerable<(string Key, int Port)> Ports(RunApp app) =>
        new (string Key, int Port)[]
        {
            ("appPort", app.AppPort), ("daprHTTPPort", app.HttpPort), ("daprGRPCPort", app.GrpcPort), ("metricsPort", app.MetricsPort ?? 0),
        }.Where(item => item.Port > 0);

    /// <summary>Nobody listens on it, on this machine's loopback address.</summary>
    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
