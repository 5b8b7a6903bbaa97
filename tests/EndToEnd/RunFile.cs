using YamlDotNet.RepresentationModel;

namespace DaprShop.EndToEnd.Tests;

/// <summary>
/// The shop's own dapr.yaml, moved to free ports and a directory of its own, so that a test's shop meets neither a running shop
/// nor another test's.
/// </summary>
internal sealed class RunFile
{
    private readonly Dictionary<string, int> _appPorts = [];
    private readonly Dictionary<string, int> _daprPorts = [];

    private RunFile(string path) => Path = path;

    public string Path { get; }

    public IEnumerable<string> Apps => _appPorts.Keys;

    public static string Repository { get; } = FindRepository();

    public static RunFile Write(string directory)
    {
        var file = new RunFile(System.IO.Path.Combine(directory, "dapr.yaml"));
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(System.IO.Path.Combine(Repository, "dapr.yaml"))));
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        MakeAbsolute((YamlMappingNode)root["common"]);
        var apps = ((YamlSequenceNode)root["apps"]).Cast<YamlMappingNode>().ToArray();
        foreach (var app in apps)
        {
            var id = app["appID"].ToString();
            MakeAbsolute(app);
            Set(app, "appPort", file._appPorts[id] = FreePorts.Next());
            Set(app, "daprHTTPPort", file._daprPorts[id] = FreePorts.Next());
            Set(app, "daprGRPCPort", FreePorts.Next());
            app.Children.Remove(new YamlScalarNode("metricsPort"));
        }

        foreach (var app in apps)
        {
            SetEnvironment(app, "CARDPROVIDER_URL", $"http://127.0.0.1:{file._appPorts["cardprovider"]}");
            SetEnvironment(app, "TRACKING_URL", $"http://127.0.0.1:{file._appPorts.GetValueOrDefault("tracking")}");

            // A test signs in once, however long the tests take on a busy machine.
            SetEnvironment(app, "Identity__AccessTokenLifetime", "12:00:00");
        }

        using var text = File.CreateText(file.Path);
        yaml.Save(text, assignAnchors: false);
        return file;
    }

    public Uri App(string id) => new($"http://127.0.0.1:{_appPorts[id]}");

    public Uri Sidecar(string id) => new($"http://127.0.0.1:{_daprPorts[id]}");

    private static void MakeAbsolute(YamlMappingNode node)
    {
        foreach (var key in new[] { "appDirPath", "resourcesPath", "configFilePath" })
        {
            if (node.Children.TryGetValue(key, out var path))
            {
                Set(node, key, Absolute(path.ToString()));
            }
        }

        if (node.Children.TryGetValue("resourcesPaths", out var paths))
        {
            node.Children["resourcesPaths"] = new YamlSequenceNode(((YamlSequenceNode)paths).Select(path => new YamlScalarNode(Absolute(path.ToString()))));
        }
    }

    private static string Absolute(string path) => System.IO.Path.GetFullPath(path, Repository);

    private static void Set(YamlMappingNode node, string key, object value) => node.Children[key] = new YamlScalarNode(value.ToString());

    private static void SetEnvironment(YamlMappingNode app, string name, string value)
    {
        if (!app.Children.TryGetValue("env", out var environment))
        {
            app.Children["env"] = environment = new YamlMappingNode();
        }

        Set((YamlMappingNode)environment, name, value);
    }

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(directory.FullName, "DaprShop.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("DaprShop.sln is in no directory above the tests.");
        }

        return directory.FullName;
    }
}
