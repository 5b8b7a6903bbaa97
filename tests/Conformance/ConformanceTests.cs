using System.Diagnostics;

namespace DaprShop.Conformance.Tests;

public sealed class ConformanceTests
{
    private const string Golden = "golden/daprd-1.17.13.json";

    // What the embedded runtime serves.
    private static readonly string[] Groups =
    [
        "actors", "bindings", "configuration", "delivery", "health", "invoke", "jobs", "lock", "metadata", "publish", "retry", "run", "secrets", "state",
        "token", "workflow",
    ];

    /// <summary>Where another answer than daprd's is right, with the section of the sidecar's specification that says so.</summary>
    private static readonly Difference[] Explained =
    [
        new("state/transaction-etag-fails", "steps[3]", "check 43",
            "Redis keeps the other operations of a failed transaction; here a transaction is all or nothing"),
        new("run/tolerated-component", "steps[0]", "0.6",
            "the component's Redis does not exist; here nobody needs it, addresses are not used"),
        new("workflow/terminate-unknown", "steps[0]", "4.2",
            "the recorded daprd had no workflow worker, so it failed before it looked for the instance: an unknown one is not found"),
    ];

    [FactWhereTheKitIs]
    public async Task The_sidecar_answers_as_daprd_does()
    {
        var tokens = new Dictionary<string, string> { ["DAPR_API_TOKEN"] = "conf-api-token", ["APP_API_TOKEN"] = "conf-app-token" };
        await using var host = await KitHost.StartAsync("dapr.yaml");
        await using var withTokens = await KitHost.StartAsync("dapr-token.yaml", tokens);

        var result = await Kit.CompareAsync(Golden, Groups, host.SeedCommand);

        var unexplained = from mismatch in result.Mismatches where !Explained.Any(known => known.Covers(mismatch)) select mismatch.Line;
        var stale = from known in Explained where !result.Mismatches.Any(known.Covers) select $"{known} does not occur any more";
        Assert.Empty(result.Skipped.Concat(unexplained).Concat(stale));
    }

    [FactWhereTheKitIs]
    public async Task A_faulty_file_starts_or_ends_the_sidecar_as_it_does_daprd()
    {
        using var boot = Process.Start(new ProcessStartInfo(
            "python3",
            [Kit.PathOf("boot"), "--cmd", $"dotnet {Repository.Host} run -f {{file}} --lenient", "--compare", Kit.PathOf("golden/boot-daprd-1.17.13.json")])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await boot.StandardOutput.ReadToEndAsync();
        await boot.WaitForExitAsync();

        Assert.Contains("15 passed, 0 failed, 0 skipped", output, StringComparison.Ordinal);
    }

    private sealed record Difference(string Case, string Step, string Section, string Reason)
    {
        public bool Covers(Mismatch mismatch) => mismatch.Case == Case && mismatch.Step == Step;
    }
}
