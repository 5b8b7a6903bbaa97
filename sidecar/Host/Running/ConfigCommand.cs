using System.Net;
using System.Text.Json;
using DaprShop.Sidecar.Host.Files;

namespace DaprShop.Sidecar.Host.Running;

/// <summary>
/// <c>config set</c>: asks a sidecar of the running host to set a value, so that subscribers hear of it. Which sidecars there
/// are stands in the host's run record; the value goes to the first that has the store.
/// </summary>
internal static class ConfigCommand
{
    /// <summary>Returns the exit code: 0 when the value is stored, 1 when it is not, 2 when the command line is wrong.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!ConfigArguments.TryParse(arguments, out var parsed, out var error))
        {
            await Console.Error.WriteLineAsync(error).ConfigureAwait(false);
            return 2;
        }

        if (await SetAsync(parsed).ConfigureAwait(false) is { } failure)
        {
            await Console.Error.WriteLineAsync(failure).ConfigureAwait(false);
            return 1;
        }

        return 0;
    }

    /// <summary>Null when the value is stored, else why not.</summary>
    private static async Task<string?> SetAsync(ConfigArguments arguments)
    {
        if (DirectoryOf(arguments) is not { } directory)
        {
            return "There is no dapr.yaml here or above: name the one of the running host with -f PATH, or its data with --data DIR.";
        }

        var sidecars = RunRecord.SidecarsOf(Path.Combine(directory, "run.json"));
        if (sidecars.Count == 0)
        {
            return $"No host is running on {directory}.";
        }

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        if (Environment.GetEnvironmentVariable("DAPR_API_TOKEN") is { Length: > 0 } token)
        {
            client.DefaultRequestHeaders.Add("dapr-api-token", token);
        }

        var failure = "";
        foreach (var (appId, port) in sidecars)
        {
            var answer = await PutAsync(client, port, arguments).ConfigureAwait(false);
            if (answer is null)
            {
                return null;
            }

            failure = $"{appId}: {answer}";
        }

        return failure;
    }

    /// <summary>Null when this sidecar has stored the value, else its answer.</summary>
    private static async Task<string?> PutAsync(HttpClient client, int port, ConfigArguments arguments)
    {
        var uri = new Uri($"http://127.0.0.1:{port}/embedded/configuration/{Uri.EscapeDataString(arguments.Store)}/"
            + $"{Uri.EscapeDataString(arguments.Key)}?version={Uri.EscapeDataString(arguments.Version)}");
        try
        {
            using var content = new StringContent(arguments.Value);
            using var response = await client.PutAsync(uri, content).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.NoContent ? null : await MessageOfAsync(response).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }

    private static async Task<string> MessageOfAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        try
        {
            return JsonDocument.Parse(text).RootElement.GetProperty("message").GetString() ?? text;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"{(int)response.StatusCode} {text}".Trim();
        }
    }

    private static string? DirectoryOf(ConfigArguments arguments)
    {
        var here = Directory.GetCurrentDirectory();
        if (arguments.DataDirectory is { } named)
        {
            return Path.GetFullPath(named, here);
        }

        return ProjectRoot.FindRunFile(arguments.RunFile, here, AppContext.BaseDirectory) is { } file
            ? Path.Combine(Path.GetDirectoryName(file)!, ".dapr")
            : null;
    }
}
