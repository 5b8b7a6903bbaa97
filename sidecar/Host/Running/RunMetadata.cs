using System.Globalization;
using DaprShop.Sidecar.Host.Files;

namespace DaprShop.Sidecar.Host.Running;

/// <summary>What the Dapr CLI tells each sidecar about the run, under the keys it uses.</summary>
internal static class RunMetadata
{
    public static IEnumerable<(string Key, string Value)> Of(RunFile file, RunApp app, int? processId, DataDirectory data)
    {
        yield return ("cliPID", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        yield return ("runTemplatePath", file.Path);
        yield return ("runTemplateName", file.Name ?? "");
        yield return ("daprdLogPath", Path.Combine(data.Logs, "daprd.log"));
        if (processId is { } id)
        {
            yield return ("appPID", id.ToString(CultureInfo.InvariantCulture));
            yield return ("appCommand", string.Join(' ', app.Command));
            yield return ("appLogPath", Path.Combine(data.Logs, $"{app.AppId}.log"));
        }
    }
}
