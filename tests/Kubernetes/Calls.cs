using System.Text.RegularExpressions;

namespace DaprShop.Kubernetes.Tests;

/// <summary>Which services call which, by their sources: the clients they register, and the gateway's public routes.</summary>
internal static partial class Calls
{
    private static readonly (string Caller, string Callee)[] s_all =
    [
        .. from source in Directory.GetFiles(Path.Combine(Manifests.Repository, "services"), "*.cs", SearchOption.AllDirectories)
           from call in Call().Matches(File.ReadAllText(source))
           select (ServiceOf(source), call.Groups["callee"].Value.ToLowerInvariant()),
    ];

    public static IEnumerable<string> To(string app) => s_all.Where(call => call.Callee == app).Select(call => call.Caller).Distinct();

    private static string ServiceOf(string source) =>
        Path.GetRelativePath(Path.Combine(Manifests.Repository, "services"), source).Split(Path.DirectorySeparatorChar)[0].ToLowerInvariant();

    [GeneratedRegex(@"AddServiceClient\(AppIds\.(?<callee>\w+)\)|new\(""[A-Z ]+"", ""/api[^""]*"", AppIds\.(?<callee>\w+),")]
    private static partial Regex Call();
}
