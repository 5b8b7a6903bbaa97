using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using DaprShop.Sidecar.Host.Files;

namespace DaprShop.Sidecar.Host.Running;

/// <summary>How an app's process is started: program, directory and environment.</summary>
internal static class AppCommand
{
    // ENOENT, and ERROR_FILE_NOT_FOUND.
    private const int NoSuchFile = 2;

    /// <summary>
    /// On Linux the app gets a session of its own, so that Ctrl-C reaches only the host, which ends the apps in order; and it
    /// is told to end when the thread that started it does, hence with the host, however that ends.
    /// </summary>
    /// <exception cref="Win32Exception">There is no such program.</exception>
    public static ProcessStartInfo StartInfo(RunApp app, SidecarEndpoint sidecar)
    {
        var program = Executables.Find(app.Command[0], app.Directory, app.Environment)
            ?? throw new Win32Exception(NoSuchFile, $"{app.Command[0]} is not found");
        string[] command = [.. Wrapping(), program, .. app.Command.Skip(1)];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = app.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in EnvironmentOf(app, sidecar))
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>What the Dapr CLI sets, then the run file's <c>env</c>, which may override it.</summary>
    public static IEnumerable<(string Name, string Value)> EnvironmentOf(RunApp app, SidecarEndpoint sidecar)
    {
        yield return ("APP_ID", app.AppId);
        yield return ("APP_CHANNEL_ADDRESS", app.ChannelAddress);
        yield return ("APP_PROTOCOL", app.Protocol);
        (string Name, int Port)[] ports =
        [
            ("APP_PORT", app.AppPort), ("DAPR_HTTP_PORT", sidecar.HttpPort), ("DAPR_GRPC_PORT", sidecar.GrpcPort),
            ("DAPR_METRICS_PORT", sidecar.MetricsPort ?? 0),
        ];
        foreach (var (name, port) in ports.Where(item => item.Port > 0))
        {
            yield return (name, port.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var (name, value) in app.Environment)
        {
            yield return (name, value);
        }
    }

    private static IEnumerable<string> Wrapping()
    {
        if (!OperatingSystem.IsLinux())
        {
            yield break;
        }

        if (Executables.Find("setsid", "/") is { } setsid)
        {
            yield return setsid;
        }

        if (Executables.Find("setpriv", "/") is { } setpriv)
        {
            yield return setpriv;
            yield return "--pdeathsig";
            yield return "TERM";
        }
    }
}
