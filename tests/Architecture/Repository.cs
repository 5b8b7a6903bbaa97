using System.Xml.Linq;

namespace DaprShop.Architecture.Tests;

/// <summary>The repository's files as text: the rules hold for what is written, whatever is built.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Services => Directory.GetDirectories(Path.Combine(Root, "services")).Order();

    /// <summary>Where a service begins, in whatever language.</summary>
    public static string Program(string service) =>
        Directory.EnumerateFiles(service).Single(file => Path.GetFileName(file) is "Program.cs" or "main.mjs");

    /// <summary>C# files below a folder of the repository, without build output.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Directory.Exists(Path.Combine(Root, folder))
            ? Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Order()
            : [];

    public static string NameOf(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>The projects whose output a project uses, as paths from the repository's root.</summary>
    public static IEnumerable<string> References(string project) =>
        XDocument.Load(project).Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => NameOf(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, (string)reference.Attribute("Include")!))));

    public static IEnumerable<string> Projects(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories).Order();

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "DaprShop.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("DaprShop.sln is in no directory above the tests.");
        }

        return directory.FullName;
    }
}
