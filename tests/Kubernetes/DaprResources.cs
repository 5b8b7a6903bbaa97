namespace DaprShop.Kubernetes.Tests;

// Dapr's custom resources as their definitions have them, for strict reading: an unknown key is an error.

public sealed class DaprMetadata
{
    public string Name { get; set; } = "";

    public string? Namespace { get; set; }
}

public sealed class DaprComponent
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public DaprMetadata Metadata { get; set; } = new();

    public ComponentSpec Spec { get; set; } = new();

    public ComponentAuth? Auth { get; set; }

    public List<string> Scopes { get; set; } = [];

    public sealed class ComponentSpec
    {
        public string Type { get; set; } = "";

        public string Version { get; set; } = "";

        public bool IgnoreErrors { get; set; }

        public string? InitTimeout { get; set; }

        public List<Entry> Metadata { get; set; } = [];
    }

    public sealed class Entry
    {
        public string Name { get; set; } = "";

        public string? Value { get; set; }

        public SecretReference? SecretKeyRef { get; set; }

        public string? EnvRef { get; set; }
    }

    public sealed class SecretReference
    {
        public string Name { get; set; } = "";

        public string Key { get; set; } = "";
    }

    public sealed class ComponentAuth
    {
        public string SecretStore { get; set; } = "";
    }
}

public sealed class DaprConfiguration
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public DaprMetadata Metadata { get; set; } = new();

    public ConfigurationSpec Spec { get; set; } = new();

    public sealed class ConfigurationSpec
    {
        public TracingSpec? Tracing { get; set; }

        public AccessControlSpec? AccessControl { get; set; }
    }

    public sealed class AccessControlSpec
    {
        public string DefaultAction { get; set; } = "";

        public string TrustDomain { get; set; } = "";

        public List<AccessPolicy> Policies { get; set; } = [];
    }

    public sealed class AccessPolicy
    {
        public string AppId { get; set; } = "";

        public string DefaultAction { get; set; } = "";

        public string TrustDomain { get; set; } = "";

        public string Namespace { get; set; } = "";
    }

    public sealed class TracingSpec
    {
        public string SamplingRate { get; set; } = "";
    }
}

public sealed class DaprResiliency
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public DaprMetadata Metadata { get; set; } = new();

    public ResiliencySpec Spec { get; set; } = new();

    public List<string> Scopes { get; set; } = [];

    public sealed class ResiliencySpec
    {
        public Policies Policies { get; set; } = new();

        public Targets Targets { get; set; } = new();
    }

    public sealed class Policies
    {
        public Dictionary<string, string> Timeouts { get; set; } = [];

        public Dictionary<string, Retry> Retries { get; set; } = [];

        public Dictionary<string, CircuitBreaker> CircuitBreakers { get; set; } = [];
    }

    public sealed class Retry
    {
        public string? Policy { get; set; }

        public string? Duration { get; set; }

        public string? MaxInterval { get; set; }

        public int? MaxRetries { get; set; }

        public Matching? Matching { get; set; }
    }

    public sealed class Matching
    {
        public string? HttpStatusCodes { get; set; }

        public string? GRPCStatusCodes { get; set; }
    }

    public sealed class CircuitBreaker
    {
        public int? MaxRequests { get; set; }

        public string? Interval { get; set; }

        public string? Timeout { get; set; }

        public string? Trip { get; set; }
    }

    public sealed class Targets
    {
        public Dictionary<string, Target> Apps { get; set; } = [];

        public Dictionary<string, ComponentTarget> Components { get; set; } = [];
    }

    public sealed class ComponentTarget
    {
        public Target? Inbound { get; set; }

        public Target? Outbound { get; set; }
    }

    public sealed class Target
    {
        public string? Timeout { get; set; }

        public string? Retry { get; set; }

        public string? CircuitBreaker { get; set; }
    }
}
