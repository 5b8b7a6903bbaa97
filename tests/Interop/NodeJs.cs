using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace DaprShop.Interop.Tests;

/// <summary>The Node.js of this machine, and the packages of scripts.</summary>
internal static class NodeJs
{
    private const int OldestMajor = 20;

    private static readonly ConcurrentDictionary<string, Lazy<Task>> s_packages = new();

    public static string Scripts { get; } = FindScripts();

    /// <summary>Why apps in Node.js cannot run here; null when they can.</summary>
    public static string? Missing { get; } = FindMissing();

    /// <summary>Completes when the packages of the directory's lock file are installed.</summary>
    public static Task PackagesAsync(string directory) => s_packages.GetOrAdd(directory, static one => new Lazy<Task>(() => InstallAsync(one))).Value;

    private static async Task InstallAsync(string directory)
    {
        var installed = new FileInfo(Path.Combine(directory, "node_modules", ".package-lock.json"));
        if (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(directory, "package-lock.json")))
        {
            return;
        }

        using var npm = Start(directory, "npm", ["ci", "--prefer-offline", "--no-audit", "--no-fund"]);
        var errors = npm.StandardError.ReadToEndAsync();
        var output = await npm.StandardOutput.ReadToEndAsync();
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"npm ci in {directory} failed:\n{output}{await errors}");
        }
    }

    private static string? FindMissing()
    {
        try
        {
            using var node = Start(Scripts, "node", ["--version"]);
            var version = node.StandardOutput.ReadToEnd().Trim();
            using var npm = Start(Scripts, "npm", ["--version"]);
            npm.WaitForExit();
            return int.Parse(version.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture) < OldestMajor
                ? $"Node.js is {version}; the apps need {OldestMajor} or later."
                : null;
        }
        catch (Win32Exception e)
        {
            return $"Node.js with npm is not installed: {e.Message}";
        }
    }

    private static Process Start(string directory, string program, string[] arguments) => Process.Start(
        OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd", ["/c", program, .. arguments]) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true }
            : new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static string FindScripts()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "DaprShop.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("DaprShop.sln is in no directory above the tests.");
        }

        return Path.Combine(directory.FullName, "tests", "Node");
    }
}

/// <summary>A fact that needs Node.js; where it is missing the test says so and is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWhereNodeIsAttribute : FactAttribute
{
    public FactWhereNodeIsAttribute() => Skip = NodeJs.Missing;
}

/// <inheritdoc cref="FactWhereNodeIsAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TheoryWhereNodeIsAttribute : TheoryAttribute
{
    public TheoryWhereNodeIsAttribute() => Skip = NodeJs.Missing;
}
