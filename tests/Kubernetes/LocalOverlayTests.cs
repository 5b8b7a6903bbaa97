using DaprShop.Contracts;
using k8s;
using k8s.Models;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace DaprShop.Kubernetes.Tests;

public sealed class LocalOverlayTests
{
    private static readonly IReadOnlyList<Manifest> Overlay = Manifests.OfOverlay("local");

    // All of the local run file but the outside system, which has a sidecar there only because a run file cannot leave it out.
    private static readonly string[] AppsWithASidecar =
    [
        .. from line in File.ReadLines(Path.Combine(Manifests.Repository, "dapr.yaml"))
           where line.StartsWith("- appID: ", StringComparison.Ordinal)
           let appId = line["- appID: ".Length..]
           where appId != "cardprovider"
           select appId,
    ];

    public static TheoryData<string> Documents => [.. Overlay.Select(manifest => manifest.ToString())];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_document_has_only_keys_that_its_kind_knows(string document)
    {
        var manifest = Overlay.Single(manifest => manifest.ToString() == document);

        var read = Read(manifest);

        Assert.NotNull(read);
    }

    [Fact]
    public void An_unknown_key_is_found()
    {
        var manifest = Overlay.First(manifest => manifest.Kind == "Deployment");
        var misspelt = manifest with { Text = manifest.Text.Replace("replicas:", "replica:", StringComparison.Ordinal) };

        Assert.ThrowsAny<Exception>(() => Read(misspelt));
    }

    [Fact]
    public void Every_app_is_deployed_with_its_sidecar()
    {
        var deployed = Pods
            .Where(pod => pod.Metadata.Annotations?["dapr.io/enabled"] == "true")
            .Select(pod => pod.Metadata.Annotations["dapr.io/app-id"]);

        Assert.Equal(AppsWithASidecar.Order(), deployed.Order());
    }

    [Fact]
    public void Every_service_is_probed_on_the_port_its_sidecar_calls()
    {
        var services = Pods.SelectMany(pod => pod.Spec.Containers).Where(container => container.Image.StartsWith("daprshop/", StringComparison.Ordinal));
        foreach (var container in services)
        {
            Assert.Equal("/readyz", container.ReadinessProbe.HttpGet.Path);
            Assert.Equal("/healthz", container.LivenessProbe.HttpGet.Path);
            Assert.Equal(8080, container.Ports.Single(port => port.Name == "http").ContainerPort);
        }
    }

    [Fact]
    public void Every_state_store_belongs_to_one_app_and_a_database_of_its_own()
    {
        var stores = Of<DaprComponent>("Component").Where(component => component.Spec.Type.StartsWith("state.", StringComparison.Ordinal)).ToArray();

        Assert.All(stores, store => Assert.Single(store.Scopes));
        stores = [.. stores.Where(store => store.Metadata.Name != Stores.SearchCache)];
        var databases = stores.Select(store => store.Spec.Metadata.Single(entry => entry.Name == "connectionString").SecretKeyRef!.Key);
        Assert.Equal(stores.Length, databases.Distinct().Count());
        string[] named = [Stores.Identity, Stores.Customers, Stores.Catalog, Stores.Inventory, Stores.Orders, Stores.Payments, Stores.Shipping];
        Assert.Empty(named.Except(stores.Select(store => store.Metadata.Name)));
    }

    [Fact]
    public void Secrets_that_components_name_exist()
    {
        var secrets = Of<V1Secret>("Secret").ToDictionary(secret => secret.Metadata.Name, secret => secret.StringData.Keys);

        foreach (var reference in Of<DaprComponent>("Component").SelectMany(component => component.Spec.Metadata).Select(entry => entry.SecretKeyRef).OfType<DaprComponent.SecretReference>())
        {
            Assert.Contains(reference.Key, secrets[reference.Name]);
        }
    }

    [Fact]
    public void The_secret_of_identity_is_read_by_the_account_of_its_pod_alone()
    {
        var role = Assert.Single(Of<V1Role>("Role"), role => role.Rules.Any(rule => rule.Resources.Contains("secrets")));
        var rule = Assert.Single(role.Rules);
        Assert.Equal(("secrets", AppIds.Identity, "get"), (rule.Resources.Single(), rule.ResourceNames.Single(), rule.Verbs.Single()));

        var subject = Assert.Single(Of<V1RoleBinding>("RoleBinding").Single(binding => binding.RoleRef.Name == role.Metadata.Name).Subjects);
        var users = Of<V1Deployment>("Deployment").Where(deployment => deployment.Spec.Template.Spec.ServiceAccountName == subject.Name);
        Assert.Equal(AppIds.Identity, Assert.Single(users).Metadata.Name);
        Assert.Equal([AppIds.Identity], Of<DaprComponent>("Component").Single(component => component.Metadata.Name == SecretStores.Secrets).Scopes);
    }

    [Fact]
    public void Secrets_that_containers_name_exist()
    {
        var secrets = Of<V1Secret>("Secret").ToDictionary(secret => secret.Metadata.Name, secret => secret.StringData.Keys);
        var references = Pods.SelectMany(pod => pod.Spec.Containers).SelectMany(container => container.Env ?? []).Select(entry => entry.ValueFrom?.SecretKeyRef).OfType<V1SecretKeySelector>().ToArray();

        Assert.Contains(references, reference => reference is { Name: "databases", Key: "analytics" });
        Assert.All(references, reference => Assert.Contains(reference.Key, secrets[reference.Name]));
    }

    [Fact]
    public void Apps_and_sidecars_take_calls_of_one_another_only()
    {
        var secrets = Of<V1Secret>("Secret").Select(secret => secret.Metadata.Name).ToHashSet();
        foreach (var pod in Of<V1Deployment>("Deployment").Select(deployment => deployment.Spec.Template).Where(pod => pod.Metadata.Annotations?["dapr.io/enabled"] == "true"))
        {
            var environment = Assert.Single(pod.Spec.Containers).Env.ToDictionary(variable => variable.Name);
            foreach (var (variable, annotation) in new[] { ("APP_API_TOKEN", "dapr.io/app-token-secret"), ("DAPR_API_TOKEN", "dapr.io/api-token-secret") })
            {
                var secret = pod.Metadata.Annotations[annotation];
                Assert.Equal((secret, "token"), (environment[variable].ValueFrom.SecretKeyRef.Name, environment[variable].ValueFrom.SecretKeyRef.Key));
                Assert.Contains(secret, secrets);
            }
        }
    }

    [Fact]
    public void Every_call_between_services_is_allowed_where_the_rest_is_denied()
    {
        var callees = Of<DaprConfiguration>("Configuration").Where(configuration => configuration.Spec.AccessControl is not null).ToArray();
        foreach (var (name, access) in callees.Select(callee => (callee.Metadata.Name, callee.Spec.AccessControl!)))
        {
            Assert.Equal("deny", access.DefaultAction);
            Assert.All(access.Policies, policy => Assert.Equal(
                ("allow", access.TrustDomain, "daprshop"), (policy.DefaultAction, policy.TrustDomain, policy.Namespace)));
            Assert.Empty(Calls.To(name).Except(access.Policies.Select(policy => policy.AppId)));
        }

        Assert.NotEmpty(Calls.To(AppIds.Inventory));
        Assert.All(
            Of<V1Deployment>("Deployment").Select(deployment => deployment.Spec.Template.Metadata.Annotations)
                .Where(pod => callees.Any(callee => callee.Metadata.Name == pod?["dapr.io/app-id"])),
            pod => Assert.Equal(pod["dapr.io/app-id"], pod["dapr.io/config"]));
    }

    [Fact]
    public void Resiliency_is_the_one_of_the_local_hosts()
    {
        var local = File.ReadAllText(Path.Combine(Manifests.Repository, "components", "resiliency.yaml"));

        Assert.Equal(local, File.ReadAllText(Path.Combine(Manifests.Repository, "k8s", "base", "dapr", "resiliency.yaml")));
    }

    [FactWhereKubectlIs]
    public async Task Kubectl_kustomize_gives_the_same_documents()
    {
        var output = await Kubectl.RunAsync("kustomize", Path.Combine(Manifests.Repository, "k8s", "overlays", "local"));

        var built = Manifests.Documents(output).Select(root => $"{root["kind"]} {root["metadata"]["name"]}");
        Assert.Equal(Overlay.Select(manifest => $"{manifest.Kind} {manifest.Name}").Order(), built.Order());
    }

    private static IEnumerable<V1PodTemplateSpec> Pods =>
        Of<V1Deployment>("Deployment").Select(deployment => deployment.Spec.Template)
            .Concat(Of<V1StatefulSet>("StatefulSet").Select(set => set.Spec.Template));

    private static IEnumerable<T> Of<T>(string kind) => Overlay.Where(manifest => manifest.Kind == kind).Select(manifest => (T)Read(manifest));

    private static object Read(Manifest manifest) => (manifest.ApiVersion, manifest.Kind) switch
    {
        ("v1", "Namespace") => KubernetesYaml.Deserialize<V1Namespace>(manifest.Text, strict: true),
        ("v1", "Service") => KubernetesYaml.Deserialize<V1Service>(manifest.Text, strict: true),
        ("v1", "Secret") => KubernetesYaml.Deserialize<V1Secret>(manifest.Text, strict: true),
        ("v1", "ConfigMap") => KubernetesYaml.Deserialize<V1ConfigMap>(manifest.Text, strict: true),
        ("v1", "PersistentVolumeClaim") => KubernetesYaml.Deserialize<V1PersistentVolumeClaim>(manifest.Text, strict: true),
        ("v1", "ServiceAccount") => KubernetesYaml.Deserialize<V1ServiceAccount>(manifest.Text, strict: true),
        ("rbac.authorization.k8s.io/v1", "Role") => KubernetesYaml.Deserialize<V1Role>(manifest.Text, strict: true),
        ("rbac.authorization.k8s.io/v1", "RoleBinding") => KubernetesYaml.Deserialize<V1RoleBinding>(manifest.Text, strict: true),
        ("apps/v1", "Deployment") => KubernetesYaml.Deserialize<V1Deployment>(manifest.Text, strict: true),
        ("apps/v1", "StatefulSet") => KubernetesYaml.Deserialize<V1StatefulSet>(manifest.Text, strict: true),
        ("dapr.io/v1alpha1", "Component") => Dapr.Deserialize<DaprComponent>(manifest.Text),
        ("dapr.io/v1alpha1", "Configuration") => Dapr.Deserialize<DaprConfiguration>(manifest.Text),
        ("dapr.io/v1alpha1", "Resiliency") => Dapr.Deserialize<DaprResiliency>(manifest.Text),
        _ => throw new InvalidOperationException($"No test reads a {manifest.ApiVersion} {manifest.Kind}."),
    };

    private static IDeserializer Dapr { get; } =
        new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).WithDuplicateKeyChecking().Build();
}
