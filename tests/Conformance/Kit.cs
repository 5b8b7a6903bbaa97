using System.Diagnostics;
using System.Text.RegularExpressions;

namespace DaprShop.Conformance.Tests;

/// <summary>The conformance kit beside the repository: answers recorded from a real daprd and the probe that compares with them.</summary>
internal static partial class Kit
{
    private const string Python = "python3";

    /// <summary>Why the kit cannot be used here; null when it can.</summary>
    public static string? Missing { get; } =
        !File.Exists(PathOf("probe")) ? "../shared/conformance is not beside the repository."
        : !IsOnPath(Python) ? "python3 is not installed."
        : null;

    public static string PathOf(string file) => Path.Combine(Repository.Root, "..", "shared", "conformance", file);

    /// <summary>What differs from the recording, and the cases that could not be run.</summary>
    public static async Task<ProbeResult> CompareAsync(string golden, IEnumerable<string> groups, string seedCommand)
    {
        string[] arguments =
            [PathOf("probe"), "--compare", PathOf(golden), "--seed-cmd", seedCommand, .. groups.SelectMany(group => new[] { "--group", group })];
        var start = new ProcessStartInfo(Python, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = PathOf("."),
        };
        using var probe = Process.Start(start)!;
        var errors = probe.StandardError.ReadToEndAsync();
        var lines = (await probe.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await probe.WaitForExitAsync();
        Assert.True(lines is [.., var last] && last.EndsWith("skipped", StringComparison.Ordinal), $"The probe did not end: {await errors}");
        return new ProbeResult(
            [.. lines.Select(line => Failure().Match(line)).Where(match => match.Success)
                .Select(match => new Mismatch(match.Groups["case"].Value, match.Groups["step"].Value, match.Value))],
            [.. lines.Where(line => line.StartsWith("SKIP", StringComparison.Ordinal))]);
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, program)));

    [GeneratedRegex(@"^FAIL (?<case>\S+)( \[check \d+\])? (?<step>steps\[\d+\]).*")]
    private static partial Regex Failure();
}

/// <summary>What a run of the probe found.</summary>
internal sealed record ProbeResult(IReadOnlyList<Mismatch> Mismatches, IReadOnlyList<string> Skipped);

/// <summary>A place where the answer is another than the recorded one, and the probe's line about it.</summary>
internal sealed record Mismatch(string Case, string Step, string Line);

/// <summary>A fact that needs the kit; where it is missing the test says so and is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWhereTheKitIsAttribute : FactAttribute
{
    public FactWhereTheKitIsAttribute() => Skip = Kit.Missing;
}
