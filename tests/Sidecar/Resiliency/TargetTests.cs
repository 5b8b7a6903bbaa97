using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Resources;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Sidecar.Tests.Resiliency;

public sealed class TargetTests
{
    [Fact]
    public void Without_resources_nothing_has_a_policy()
    {
        var policies = Policies();

        Assert.True(policies.ForApp("orders", "/x").IsNone);
        Assert.True(policies.ForComponentOutbound("store", "state").IsNone);
        Assert.True(policies.ForComponentInbound("pubsub", "pubsub").IsNone);
    }

    [Fact]
    public void Inbound_and_outbound_are_different_targets()
    {
        var policies = Policies(Retry("twice") with { Inbound = Target("pubsub", retry: "twice") });

        Assert.True(policies.ForComponentInbound("pubsub", "pubsub").Retries);
        Assert.True(policies.ForComponentOutbound("pubsub", "pubsub").IsNone);
    }

    [Fact]
    public void Policies_and_targets_of_all_resources_are_one_and_the_later_wins()
    {
        var policies = Policies(
            Retry("r") with { Apps = Target("orders", retry: "r") },
            new ResiliencySpec { Retries = new Dictionary<string, RetrySpec> { ["r"] = new() { MaxRetries = 0 } } });

        Assert.False(policies.ForApp("orders", "/x").Retries);
    }

    [Theory]
    [InlineData("DefaultRetryPolicy", true, true, true)]
    [InlineData("DefaultAppRetryPolicy", true, false, false)]
    [InlineData("DefaultComponentRetryPolicy", false, true, true)]
    [InlineData("DefaultComponentOutboundRetryPolicy", false, true, false)]
    [InlineData("DefaultStatestoreComponentOutboundRetryPolicy", false, true, false)]
    [InlineData("DefaultPubsubComponentInboundRetryPolicy", false, false, true)]
    public void A_target_without_an_entry_uses_the_defaults_by_name(string name, bool app, bool outbound, bool inbound)
    {
        var policies = Policies(Retry(name));

        Assert.Equal(app, policies.ForApp("orders", "/x").Retries);
        Assert.Equal(outbound, policies.ForComponentOutbound("store", "state").Retries);
        Assert.Equal(inbound, policies.ForComponentInbound("pubsub", "pubsub").Retries);
    }

    [Fact]
    public void An_entry_that_names_no_retry_has_none_even_with_a_default()
    {
        var policies = Policies(Retry("DefaultRetryPolicy") with
        {
            Timeouts = new Dictionary<string, TimeSpan> { ["t"] = TimeSpan.FromSeconds(1) },
            Apps = new Dictionary<string, TargetSpec> { ["orders"] = new("t", null, null) },
        });

        Assert.False(policies.ForApp("orders", "/x").Retries);
        Assert.False(policies.ForApp("orders", "/x").IsNone);
    }

    [Fact]
    public void A_target_that_names_an_unknown_policy_gets_a_warning_and_none()
    {
        var log = new RecordingLogger();

        var policies = new ResiliencyPolicies([new ResiliencySpec { Apps = Target("orders", retry: "no-such") }], TimeProvider.System, log);

        Assert.True(policies.ForApp("orders", "/x").IsNone);
        Assert.Contains(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("no-such", StringComparison.Ordinal));
    }

    [Fact]
    public void A_policy_that_cannot_be_read_is_logged_and_the_rest_stays()
    {
        var log = new RecordingLogger();

        var policies = new ResiliencyPolicies(
            [
                Retry("good") with
                {
                    CircuitBreakers = new Dictionary<string, CircuitBreakerSpec> { ["bad"] = new() { Trip = "what?" } },
                    Apps = new Dictionary<string, TargetSpec> { ["orders"] = new(null, "good", "bad") },
                },
            ],
            TimeProvider.System,
            log);

        Assert.Contains(log.Lines, line => line.StartsWith("Error: Could not read resiliency policy bad: ", StringComparison.Ordinal));
        Assert.True(policies.ForApp("orders", "/x").Retries);
        Assert.Null(policies.ForApp("orders", "/x").Breaker);
    }

    [Theory]
    [InlineData(null, 100)]
    [InlineData(3, 3)]
    public void Breakers_are_kept_per_app_and_endpoint_the_last_ones_of_them(int? size, int kept)
    {
        var policies = Policies(new ResiliencySpec
        {
            CircuitBreakers = new Dictionary<string, CircuitBreakerSpec> { ["b"] = new() },
            Apps = new Dictionary<string, TargetSpec> { ["orders"] = new(null, null, "b", null, size) },
        });

        var first = policies.ForApp("orders", "/0").Breaker;
        for (var i = 0; i < 100; i++)
        {
            Assert.NotSame(first, policies.ForApp("orders", $"/{i + 1}").Breaker);
        }

        Assert.Equal(kept, policies.Breakers.Count());
        Assert.NotSame(first, policies.ForApp("orders", "/0").Breaker);
        Assert.Same(policies.ForApp("orders", "/100").Breaker, policies.ForApp("orders", "/100").Breaker);
    }

    [Fact]
    public void Built_in_retries_are_at_least_three()
    {
        Assert.True(Policies(new ResiliencySpec
        {
            Retries = new Dictionary<string, RetrySpec> { ["DaprBuiltInServiceRetries"] = new() { MaxRetries = 0 } },
        }).ServiceRetries.Retries);
    }

    [Theory]
    [InlineData("500-599,429", 429, true)]
    [InlineData("500-599,429", 503, true)]
    [InlineData("500-599, 429", 404, false)]
    [InlineData(null, 404, true)]
    public void Status_lists_name_codes_and_ranges(string? list, int code, bool contained) =>
        Assert.Equal(contained, new StatusCodes(list).Contains(code));

    [Theory]
    [InlineData("")]
    [InlineData("500-")]
    [InlineData("5xx")]
    [InlineData("599-500")]
    public void A_status_list_that_is_none_is_refused(string list) => Assert.Throws<FormatException>(() => new StatusCodes(list));

    private static ResiliencyPolicies Policies(params ResiliencySpec[] specs) => new(specs, TimeProvider.System, NullLoggerFactory.Instance);

    private static ResiliencySpec Retry(string name) => new()
    {
        Retries = new Dictionary<string, RetrySpec> { [name] = new() { MaxRetries = 2 } },
    };

    private static Dictionary<string, TargetSpec> Target(string name, string retry) => new() { [name] = new TargetSpec(null, retry, null) };

    private sealed class RecordingLogger : ILoggerFactory, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
            // Everything is recorded here.
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel}: {formatter(state, exception)}");

        public void Dispose()
        {
            // Nothing to free.
        }
    }
}
