using System.Diagnostics;

namespace DaprShop.Kubernetes.Tests;

/// <summary>The kubectl of this machine.</summary>
internal static class Kubectl
{
    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, "kubectl")) || File.Exists(Path.Combine(directory, "kubectl.exe")));

    public static async Task<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("kubectl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(await errors);
    }
}

/// <summary>A fact that needs kubectl; where it is missing the test says so and is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWhereKubectlIsAttribute : FactAttribute
{
    public FactWhereKubectlIsAttribute()
    {
        if (!Kubectl.IsInstalled)
        {
            Skip = "kubectl is not installed.";
        }
    }
}
