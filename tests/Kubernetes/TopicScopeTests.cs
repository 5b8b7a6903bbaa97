using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace DaprShop.Kubernetes.Tests;

public sealed partial class TopicScopeTests
{
    // The outside system has no sidecar here, and the outbox's topics begin with the namespace, which local hosts may not have.
    [Theory]
    [InlineData("pubsub.yaml")]
    [InlineData("broadcast.yaml")]
    [InlineData("search-events.yaml")]
    public void Who_may_publish_what_is_as_on_the_local_hosts(string file)
    {
        var local = ScopesOf("components", file).Where(scope => scope != "cardprovider=")
            .Select(scope => OutboxWithoutNamespace().Replace(scope, "").Replace("default", "daprshop"));

        Assert.Equal(local, ScopesOf("k8s/base/dapr", file));
    }

    private static string[] ScopesOf(string directory, string file)
    {
        var component = Manifests.Documents(File.ReadAllText(Path.Combine(Manifests.Repository, directory, file))).Single();
        var scopes = ((YamlSequenceNode)component["spec"]["metadata"]).Single(entry => entry["name"].ToString() == "publishingScopes");
        return scopes["value"].ToString().Split(';');
    }

    [GeneratedRegex(@",(\w+)\1outbox")]
    private static partial Regex OutboxWithoutNamespace();
}
