using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Tests.Resources;

public sealed class ResiliencyLoadingTests : IDisposable
{
    private const string Resiliency = """
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata:
          name: shop
        spec:
          policies:
            timeouts:
              short: 400ms
              bare: 1500
            retries:
              twice: {policy: constant, duration: 1s, maxRetries: 2, matching: {httpStatusCodes: "502-504, 429"}}
              patient: {policy: exponential, maxInterval: 5s}
            circuitBreakers:
              breaker: {maxRequests: 2, interval: 8s, timeout: 45s, trip: consecutiveFailures > 8}
          targets:
            apps:
              orders: {timeout: short, retry: twice, circuitBreaker: breaker}
            actors:
              Cart: {circuitBreaker: breaker, circuitBreakerScope: both, circuitBreakerCacheSize: 100}
            components:
              pubsub:
                inbound: {retry: patient}
                outbound: {timeout: bare}

        """;

    private readonly ResourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Policies_and_targets_are_read()
    {
        _folder.With("res/a.yaml", Resiliency);

        var spec = Assert.Single(_folder.Load().Resiliency);

        Assert.Equal(TimeSpan.FromMilliseconds(400), spec.Timeouts["short"]);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), spec.Timeouts["bare"]);
        Assert.Equal(new RetrySpec { Duration = TimeSpan.FromSeconds(1), MaxRetries = 2, HttpStatusCodes = "502-504, 429" }, spec.Retries["twice"]);
        Assert.Equal(new RetrySpec { Exponential = true, MaxInterval = TimeSpan.FromSeconds(5) }, spec.Retries["patient"]);
        Assert.Equal(
            new CircuitBreakerSpec { MaxRequests = 2, Interval = TimeSpan.FromSeconds(8), Timeout = TimeSpan.FromSeconds(45), Trip = "consecutiveFailures > 8" },
            spec.CircuitBreakers["breaker"]);
        Assert.Equal(new TargetSpec("short", "twice", "breaker"), spec.Apps["orders"]);
        Assert.Equal(new TargetSpec(null, null, "breaker", "both", 100), spec.Actors["Cart"]);
        Assert.Equal(new TargetSpec(null, "patient", null), spec.Inbound["pubsub"]);
        Assert.Equal(new TargetSpec("bare", null, null), spec.Outbound["pubsub"]);
        Assert.Empty(_folder.Warnings);
    }

    [Theory]
    [InlineData("short: 400ms", "short: soon", "res/a.yaml:8: spec.policies.timeouts.short: \"soon\" is not a duration, expected a duration such as 500ms, 5s or 1m30s")]
    [InlineData("policy: exponential", "policy: linear", "res/a.yaml:12: spec.policies.retries.patient.policy: \"linear\" is not a retry policy, expected constant or exponential")]
    [InlineData("502-504, 429", "502-704", "res/a.yaml:11: spec.policies.retries.twice.matching.httpStatusCodes: \"502-704\" is not a range of status codes, expected codes from 100 to 599 such as 100-599")]
    [InlineData("maxRetries: 2", "maxRetries: two", "res/a.yaml:11: spec.policies.retries.twice.maxRetries: \"two\" is not a number, expected an integer")]
    [InlineData(", circuitBreakerScope: both", "", "res/a.yaml:19: spec.targets.actors.Cart.circuitBreakerScope: is missing, expected type, id or both")]
    public void A_mistake_is_named_with_file_line_and_field_and_logged_on_demand(string right, string wrong, string expected)
    {
        _folder.With("res/a.yaml", Resiliency.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Equal([expected], _folder.Problems());

        Assert.Contains("orders", _folder.Load(lenient: true).Resiliency[0].Apps.Keys);
        Assert.Contains(expected, _folder.Warnings);
    }

    [Fact]
    public void A_wrong_trip_expression_is_named_with_its_line()
    {
        _folder.With("res/a.yaml", Resiliency.Replace("consecutiveFailures > 8", "consecutiveFailures >", StringComparison.Ordinal));

        Assert.StartsWith(
            "res/a.yaml:14: spec.policies.circuitBreakers.breaker.trip: is not a CEL expression", Assert.Single(_folder.Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_that_does_not_exist_is_a_warning_because_daprd_applies_none()
    {
        _folder.With("res/a.yaml", Resiliency.Replace("retry: twice", "retry: thrice", StringComparison.Ordinal)).Load();

        Assert.Equal(["res/a.yaml:17: spec.targets.apps.orders.retry: there is no policy thrice: none is applied"], _folder.Warnings);
    }

    [Fact]
    public void A_policy_of_another_object_can_be_used()
    {
        _folder.With("res/a.yaml", Resiliency).With("res/b.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata: {name: more}
            spec:
              targets:
                apps:
                  catalog: {retry: twice}
            """).Load();

        Assert.Empty(_folder.Warnings);
    }

    [Fact]
    public void Only_the_first_document_of_a_file_can_be_one()
    {
        _folder.With("res/a.yaml", "# nothing here\n---\n" + Resiliency);

        Assert.Equal(
            ["res/a.yaml:4: kind: daprd reads a Resiliency only from the first document of a file, expected it in a file of its own"], _folder.Problems());
    }
}
