using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Tests.Resources;

public sealed class ConfigurationLoadingTests : IDisposable
{
    private const string Configuration = """
        apiVersion: dapr.io/v1alpha1
        kind: Configuration
        metadata:
          name: local
        spec:
          tracing:
            samplingRate: "1"
          accessControl:
            defaultAction: deny
          secrets:
            scopes:
            - storeName: secrets
              defaultAccess: deny
              allowedSecrets: [one]
          api:
            allowed:
            - {name: state, version: v1.0, protocol: http}
          features:
          - {name: ActorStateTTL, enabled: true}
          workflow:
            maxConcurrentWorkflowInvocations: 10
            maxConcurrentActivityInvocations: 0
            stateRetentionPolicy:
              anyTerminal: 360h
              completed: 90s

        """;

    private readonly ResourceFolder _folder = new ResourceFolder().With("res/empty.yaml", "");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_parts_that_the_runtime_acts_on_are_read()
    {
        var configuration = _folder.With("config.yaml", Configuration).Load(configuration: "config.yaml").Configuration;

        Assert.Equal("1", configuration.SamplingRate);
        Assert.True(configuration.DenyInvocationByDefault);
        var scope = Assert.Single(configuration.SecretScopes);
        Assert.True(scope.DenyByDefault);
        Assert.Equal(["one"], scope.Allowed);
        Assert.Equal([new ApiRule("state", "v1.0", "http")], configuration.AllowedApis);
        Assert.True(configuration.Features["ActorStateTTL"]);
        Assert.Equal(new WorkflowRetention(AnyTerminal: TimeSpan.FromHours(360), Completed: TimeSpan.FromSeconds(90)), configuration.WorkflowRetention);
        Assert.Equal(new WorkflowConcurrency(Workflows: 10, Activities: null), configuration.WorkflowConcurrency);
    }

    [Fact]
    public void Environment_variables_are_expanded()
    {
        var name = $"RATE_{Guid.NewGuid():N}";
        Environment.SetEnvironmentVariable(name, "0.5");

        _folder.With("config.yaml", Configuration.Replace("\"1\"", $"\"${{{name}}}\"", StringComparison.Ordinal));

        Assert.Equal("0.5", _folder.Load(configuration: "config.yaml").Configuration.SamplingRate);
    }

    [Theory]
    [InlineData("samplingRate: \"1\"", "samplingRate: all", "config.yaml:7: spec.tracing.samplingRate: \"all\" is not a share of the traces, expected a number from 0 to 1 such as \"1\"")]
    [InlineData("defaultAction: deny", "defaultAction: perhaps", "config.yaml:9: spec.accessControl.defaultAction: \"perhaps\" is neither, expected allow or deny")]
    [InlineData("protocol: http", "protocol: ftp", "config.yaml:17: spec.api.allowed[0].protocol: \"ftp\" is not a protocol, expected http or grpc")]
    [InlineData("kind: Configuration", "kind: Component", "config.yaml:2: kind: is not a Configuration with a spec, expected a Configuration of dapr.io/v1alpha1")]
    public void A_mistake_is_named_with_file_line_and_field(string right, string wrong, string expected)
    {
        _folder.With("config.yaml", Configuration.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Equal([expected], _folder.Problems(configuration: "config.yaml"));
    }

    [Fact]
    public void A_missing_file_is_a_problem() => Assert.Equal(
        ["nosuch.yaml:1: does not exist, expected a Configuration of dapr.io/v1alpha1"], _folder.Problems(configuration: "nosuch.yaml"));
}
