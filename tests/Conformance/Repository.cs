namespace DaprShop.Conformance.Tests;

internal static class Repository
{
    /// <summary>The directory of the solution.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Host { get; } = Path.Combine(Root, "artifacts", "bin", "Host", "release", "DaprShop.Sidecar.Host.dll");

    private static string Find(string directory) =>
        File.Exists(Path.Combine(directory, "DaprShop.sln"))
            ? directory
            : Find(Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("The tests run outside of the repository"));
}
