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
            zipkin: {endpointAddress: "http://localhost:9411/api/v2/spans"}
            otel: {protocol: http, endpointAddress: "localhost:4318", isSecure: false, timeout: 3s, headers: [{name: x-token, value: "1"}]}
          metrics: {enabled: true, recordErrorCodes: true, latencyDistributionBuckets: [5, 50], http: {pathMatching: ["/orders/{id}"], excludeVerbs: true}}
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
          logging: {apiLogging: {enabled: true, obfuscateURLs: true}}

        """;

    private readonly ResourceFolder _folder = new ResourceFolder().With("res/empty.yaml", "");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_parts_that_the_runtime_acts_on_are_read()
    {
        var configuration = _folder.With("config.yaml", Configuration).Load(configuration: "config.yaml").Configuration;

        Assert.Equal("1", configuration.SamplingRate);
        Assert.Equal(new Uri("http://localhost:9411/api/v2/spans"), configuration.TraceExport.Zipkin);
        var otlp = configuration.TraceExport.Otlp!;
        Assert.Equal((new Uri("http://localhost:4318/v1/traces"), false, TimeSpan.FromSeconds(3), "1"), (otlp.Endpoint, otlp.IsGrpc, otlp.Timeout, otlp.Headers["x-token"]));
        Assert.Equal((true, true, true, false), (configuration.Metrics.Enabled, configuration.Metrics.RecordErrorCodes, configuration.Metrics.ExcludeVerbs, configuration.Metrics.IncreasedCardinality));
        Assert.Equal([5, 50], configuration.Metrics.LatencyBuckets);
        Assert.Equal(["/orders/{id}"], configuration.Metrics.PathMatching);
        Assert.Equal(new ApiLoggingSpec { Enabled = true, ObfuscateUrls = true, OmitHealthChecks = false }, configuration.ApiLogging);
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
    [InlineData("defaultAction: deny", "defaultAction: perhaps", "config.yaml:12: spec.accessControl.defaultAction: \"perhaps\" is neither, expected allow or deny")]
    [InlineData("protocol: http}", "protocol: ftp}", "config.yaml:20: spec.api.allowed[0].protocol: \"ftp\" is not a protocol, expected http or grpc")]
    [InlineData("protocol: http, endpointAddress", "protocol: udp, endpointAddress", "config.yaml:9: spec.tracing.otel.protocol: \"udp\" is no protocol, expected grpc or http")]
    [InlineData("localhost:4318", "local host", "config.yaml:9: spec.tracing.otel.endpointAddress: \"local host\" is no address, expected one such as localhost:4317")]
    [InlineData("[5, 50]", "[50, 5]", "config.yaml:10: spec.metrics.latencyDistributionBuckets: [50, 5] is no scale, expected rising numbers of milliseconds")]
    [InlineData("/orders/{id}", "/orders/{id", "config.yaml:10: spec.metrics.http.pathMatching: \"/orders/{id\" is not a pattern, expected one such as /orders/{id}")]
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
