namespace DaprShop.Sidecar.Tests.Resources;

public sealed class ComponentLoadingTests : IDisposable
{
    private const string Pubsub = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: pubsub
        spec:
          type: pubsub.redis
          version: v1
          metadata:
          - name: redisHost
            value: localhost:6379

        """;

    private readonly ResourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_documents_of_all_yaml_files_are_read_in_the_order_of_the_file_names()
    {
        _folder.With("res/b.yaml", Component("second") + "---\n" + Component("third")).With("res/a.yml", Component("first"))
            .With("res/deeper/d.yaml", Component("not-here")).With("res/notes.txt", "not yaml");

        var resources = _folder.Load();

        Assert.Equal(["first", "second", "third"], resources.Components.Select(component => component.Name));
        Assert.EndsWith("b.yaml:10", resources.Components[2].Source, StringComparison.Ordinal);
        Assert.Equal(["res/notes.txt:1: is ignored, resources are in .yaml or .yml files"], _folder.Warnings);
    }

    [Fact]
    public void A_component_is_seen_only_by_the_apps_in_its_scopes()
    {
        _folder.With("res/a.yaml", Component("mine") + "scopes: [app]\n---\n" + Component("theirs") + "scopes: [other]\n---\n" + Component("ours"));

        Assert.Equal(["mine", "ours"], _folder.Load().Components.Select(component => component.Name));
        Assert.Equal(["theirs", "ours"], _folder.Load("other").Components.Select(component => component.Name));
    }

    [Fact]
    public void Values_of_any_kind_are_kept_as_text_and_names_are_found_in_any_case()
    {
        _folder.With("res/a.yaml", Component("a", """
              - {name: Flag, value: true}
              - {name: count, value: 12}
              - {name: quoted, value: "null"}
              - {name: nothing, value:}
              - {name: map, value: {a: [1, "2", null]}}
            """));

        var metadata = Assert.Single(_folder.Load().Components).Metadata;

        Assert.Equal("true", metadata["flag"]);
        Assert.Equal("12", metadata["COUNT"]);
        Assert.Equal("null", metadata["quoted"]);
        Assert.Equal("", metadata["nothing"]);
        Assert.Equal("""{"a":[1,"2",null]}""", metadata["map"]);
    }

    [Fact]
    public void Templates_are_filled_in()
    {
        _folder.With("res/a.yaml", Component("a", """
              - {name: id, value: "{appID}-x"}
              - {name: one, value: "{uuid}"}
              - {name: two, value: "{uuid}"}
            """));

        var component = _folder.Load().Components[0];
        var metadata = component.Metadata;

        Assert.Equal(["one", "two"], component.RandomMetadata);
        Assert.Equal("app-x", metadata["id"]);
        Assert.True(Guid.TryParse(metadata["one"], out _));
        Assert.NotEqual(metadata["one"], metadata["two"]);
    }

    [Fact]
    public void A_secret_comes_from_the_store_that_the_component_names_wherever_the_store_stands()
    {
        _folder.With("secrets.json", """{"redis": {"password": "s3cret"}, "plain": "text"}""")
            .With("res/a.yaml", Component("a", """
              - name: password
                secretKeyRef: {name: "redis:password", key: "redis:password"}
              - name: plain
                secretKeyRef: {name: plain}
            """) + "auth:\n  secretStore: secrets\n")
            .With("res/z.yaml", SecretStore);

        var metadata = _folder.Load().Components.Single(component => component.Name == "a").Metadata;

        Assert.Equal("s3cret", metadata["password"]);
        Assert.Equal("text", metadata["plain"]);
    }

    [Fact]
    public void A_missing_secret_is_named_with_its_line_and_tolerated_only_on_demand()
    {
        _folder.With("secrets.json", "{}").With("res/z.yaml", SecretStore).With("res/a.yaml", Component("a", """
              - name: password
                secretKeyRef: {name: nosuch, key: nosuch}
            """) + "auth:\n  secretStore: secrets\n");
        const string Expected = "res/a.yaml:10: spec.metadata[0].secretKeyRef: secrets has no secret nosuch with an entry nosuch, expected one that exists";

        Assert.Equal([Expected], _folder.Problems());

        Assert.Equal("", _folder.Load(lenient: true).Components[0].Metadata["password"]);
        Assert.Equal([Expected], _folder.Warnings);
    }

    [Fact]
    public void A_secret_store_in_other_scopes_cannot_be_used()
    {
        _folder.With("secrets.json", "{}").With("res/z.yaml", SecretStore + "scopes: [other]\n").With("res/a.yaml", Component("a", """
              - name: password
                secretKeyRef: {name: x}
            """) + "auth:\n  secretStore: secrets\n");

        Assert.Equal(["res/a.yaml:11: auth: there is no secret store secrets for app, expected a secret store component"], _folder.Problems());
    }

    [Fact]
    public void A_name_used_twice_is_named_with_both_places()
    {
        _folder.With("res/a.yaml", Component("dup")).With("res/b.yaml", "# twice\n" + Component("dup"));

        Assert.StartsWith("res/b.yaml:5: metadata.name: there is a component dup already (", Assert.Single(_folder.Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_document_is_named_and_on_demand_only_left_out()
    {
        _folder.With("res/a.yaml", Component("a") + "---\nkind: Component\n  name: [x\n---\n" + Component("b"));

        Assert.StartsWith("res/a.yaml:1", Assert.Single(_folder.Problems()), StringComparison.Ordinal);

        Assert.Equal(["a", "b"], _folder.Load(lenient: true).Components.Select(component => component.Name));
    }

    [Fact]
    public void An_unknown_type_is_left_out_with_ignoreErrors()
    {
        _folder.With("res/a.yaml", Component("a").Replace("  type: state.in-memory", "  ignoreErrors: true\n  type: state.nosuch", StringComparison.Ordinal));

        Assert.Empty(_folder.Load().Components);
        Assert.Contains("state.nosuch", Assert.Single(_folder.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_actor_state_store_is_refused()
    {
        const string Mark = "  - {name: actorStateStore, value: \"true\"}\n";
        _folder.With("res/a.yaml", Component("a", Mark) + "---\n" + Component("b", Mark));

        Assert.Equal(
            ["res/a.yaml:19: spec.metadata[0].value: b is a second actor state store for app beside a, expected at most one"], _folder.Problems());
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        _folder.With("res/a.yaml", Component("a", "  - {value: x}\n")).With("res/b.yaml", Component("b", "  - {value: x}\n"));

        Assert.Equal(2, _folder.Problems().Length);
    }

    [Theory]
    [InlineData("type: pubsub.redis", "type: pubsub.nosuch", "res/a.yaml:6: spec.type: pubsub.nosuch is not a type that the embedded runtime has, expected one of pubsub.in-memory, pubsub.kafka, pubsub.mqtt3, pubsub.rabbitmq, pubsub.redis")]
    [InlineData("type: pubsub.redis", "type:", "res/a.yaml:6: spec.type: is missing, expected a component type such as state.sqlite")]
    [InlineData("version: v1", "version: v3", "res/a.yaml:7: spec.version: pubsub.redis has no version v3, expected v1")]
    [InlineData("  name: pubsub\n", "  label: pubsub\n", "res/a.yaml:4: metadata.name: is missing, expected the resource's name")]
    [InlineData("  name: pubsub\n", "  name: a/b\n", "res/a.yaml:4: metadata.name: \"a/b\" is not a name, expected one without / and %")]
    [InlineData("kind: Component\n", "", "res/a.yaml:1: kind: is missing, expected Component, Subscription or Resiliency")]
    [InlineData("dapr.io/v1alpha1", "dapr.io/v9", "res/a.yaml:1: apiVersion: dapr.io/v9 is not a version of Component, expected dapr.io/v1alpha1")]
    [InlineData("  version: v1\n", "  ignoreErrors: maybe\n", "res/a.yaml:7: spec.ignoreErrors: \"maybe\" is not a boolean, expected true or false")]
    [InlineData("  version: v1\n", "  initTimeout: soon\n", "res/a.yaml:7: spec.initTimeout: \"soon\" is not a duration, expected a duration such as 500ms, 5s or 1m30s")]
    [InlineData("  - name: redisHost", "  - nam: redisHost", "res/a.yaml:9: spec.metadata[0].name: is missing, expected the name of a metadata item")]
    [InlineData("name: redisHost", "name: redisHosts", "res/a.yaml:8: spec.metadata: has no redisHost, expected an item of that name for pubsub.redis")]
    [InlineData("    value: localhost:6379", "    secretKeyRef: {name: x}", "res/a.yaml:10: spec.metadata[0].secretKeyRef: needs a secret store, expected auth.secretStore beside spec")]
    [InlineData("    value: localhost:6379", "    value: \"{podName}\"", "res/a.yaml:10: spec.metadata[0].value: {podName} needs the environment variable POD_NAME, expected it to be set")]
    [InlineData("metadata:\n  name: pubsub", "metadata: pubsub", "res/a.yaml:3: metadata: is not a mapping, expected keys below it")]
    public void A_mistake_is_named_with_file_line_and_field(string right, string wrong, string expected)
    {
        _folder.With("res/a.yaml", Pubsub.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Contains(expected, _folder.Problems());
    }

    [Theory]
    [InlineData("  version: v1\n", "  versoin: v1\n", "res/a.yaml:7: spec.versoin: is not a known key and is ignored")]
    [InlineData("  version: v1\n", "  Version: v1\n", "res/a.yaml:7: spec.Version: is not a known key and is ignored, did you mean version?")]
    [InlineData("kind: Component", "kind: HTTPEndpoint", "res/a.yaml:2: kind: HTTPEndpoint (dapr.io/v1alpha1) is ignored: the embedded runtime does not have it")]
    [InlineData("kind: Component", "kind: Configuration", "res/a.yaml:2: kind: a Configuration is not read from here, name its file as configFilePath")]
    public void What_daprd_passes_over_is_a_warning(string right, string wrong, string expected)
    {
        _folder.With("res/a.yaml", Pubsub.Replace(right, wrong, StringComparison.Ordinal)).Load();

        Assert.Equal([expected], _folder.Warnings);
    }

    [Fact]
    public void A_missing_directory_is_a_problem() =>
        Assert.Equal(["res:1: does not exist, expected a directory of resources"], _folder.Problems());

    private const string SecretStore = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: secrets
        spec:
          type: secretstores.local.file
          metadata:
          - name: secretsFile
            value: ./secrets.json

        """;

    private static string Component(string name, string metadata = "") => $"""
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: {name}
        spec:
          type: state.in-memory
          version: v1
          metadata:{(metadata.Length == 0 ? " []" : "")}

        """ + (metadata.Length == 0 ? "" : metadata.TrimEnd('\n') + "\n");
}
