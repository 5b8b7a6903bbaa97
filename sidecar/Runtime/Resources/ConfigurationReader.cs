using System.Text.RegularExpressions;
using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Resources;

/// <summary>Reads a Configuration file. Here, unlike in other resources, <c>$X</c> and <c>${X}</c> are environment variables.</summary>
internal static partial class ConfigurationReader
{
    private static readonly string[] Pipelines = ["httpPipeline", "appHttpPipeline"];

    private const string Expected = "expected a Configuration of dapr.io/v1alpha1";

    /// <summary>The file's Configuration; what daprd would end at is a problem.</summary>
    public static ConfigurationSpec Read(string path, Findings findings)
    {
        if (!File.Exists(path))
        {
            findings.Problem(new ResourceProblem(path, 1, "", $"does not exist, {Expected}"));
            return new ConfigurationSpec();
        }

        var text = Variable().Replace(
            File.ReadAllText(path), match => Environment.GetEnvironmentVariable(match.Groups["name"].Value) ?? "");
        var documents = YamlFile.Read(path, text, findings, tolerable: false);
        var root = documents.Count > 0 ? documents[0] : null;
        if (root is null || root.Text("kind") != "Configuration" || root.Map("spec") is not { } spec)
        {
            root?.Problem("kind", $"is not a Configuration with a spec, {Expected}");
            return new ConfigurationSpec();
        }

        root.Expect("apiVersion", "kind", "metadata", "spec", "scopes");
        return ReadSpec(spec);
    }

    private static ConfigurationSpec ReadSpec(YamlMap spec)
    {
        spec.Expect(
            "tracing", "metric", "metrics", "accessControl", "api", "httpPipeline", "appHttpPipeline", "secrets", "components",
            "features", "logging", "nameResolution", "mtls", "wasm", "workflow");
        foreach (var pipeline in Pipelines.Where(spec.Has))
        {
            spec.Warn(pipeline, "is ignored: the embedded runtime has no HTTP middleware");
        }

        var access = spec.Map("accessControl");
        access?.Expect("defaultAction", "trustDomain", "policies");
        var deniesByDefault = access is not null && IsDeny(access, "defaultAction", otherwise: access.List("policies").Count > 0);
        var api = spec.Map("api");
        api?.Expect("allowed", "denied");
        var workflow = spec.Map("workflow");
        workflow?.Expect("maxConcurrentWorkflowInvocations", "maxConcurrentActivityInvocations", "stateRetentionPolicy");
        return new ConfigurationSpec
        {
            SamplingRate = TracingReader.SamplingRate(spec.Map("tracing")),
            TraceExport = TracingReader.Exporters(spec.Map("tracing")),
            Metrics = MetricsReader.Read(spec.Map("metrics") ?? spec.Map("metric")),
            ApiLogging = ApiLogging(spec.Map("logging")),
            SecretScopes = [.. (spec.Map("secrets")?.List("scopes") ?? []).Select(SecretScope)],
            Features = Features(spec),
            DenyInvocationByDefault = deniesByDefault,
            AccessPolicies = [.. (access?.List("policies") ?? []).Select(policy => AccessPolicy(policy, deniesByDefault))],
            AllowedApis = [.. (api?.List("allowed") ?? []).Select(ApiRule)],
            DeniedApis = [.. (api?.List("denied") ?? []).Select(ApiRule)],
            WorkflowRetention = WorkflowRetention(workflow),
            WorkflowConcurrency = new WorkflowConcurrency(
                Limit(workflow, "maxConcurrentWorkflowInvocations"), Limit(workflow, "maxConcurrentActivityInvocations")),
        };
    }

    private static ApiLoggingSpec ApiLogging(YamlMap? logging)
    {
        logging?.Expect("apiLogging");
        var calls = logging?.Map("apiLogging");
        calls?.Expect("enabled", "obfuscateURLs", "omitHealthChecks");
        return new ApiLoggingSpec
        {
            Enabled = calls?.Flag("enabled") ?? false,
            ObfuscateUrls = calls?.Flag("obfuscateURLs") ?? false,
            OmitHealthChecks = calls?.Flag("omitHealthChecks") ?? false,
        };
    }

    private static WorkflowRetention WorkflowRetention(YamlMap? workflow)
    {
        var policy = workflow?.Map("stateRetentionPolicy");
        policy?.Expect("anyTerminal", "completed", "failed", "terminated");
        return policy is null
            ? new WorkflowRetention()
            : new WorkflowRetention(
                policy.Duration("anyTerminal"), policy.Duration("completed"), policy.Duration("failed"), policy.Duration("terminated"));
    }

    // Zero or less is no limit, as in daprd.
    private static int? Limit(YamlMap? workflow, string key) => workflow?.Number(key) is > 0 and var limit ? limit : null;

    private static Dictionary<string, bool> Features(YamlMap spec)
    {
        var features = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var feature in spec.List("features"))
        {
            feature.Expect("name", "enabled");
            if (feature.Required("name", "the name of a feature") is { } name)
            {
                features[name] = feature.Flag("enabled") ?? false;
            }
        }

        return features;
    }

    private static SecretScope SecretScope(YamlMap scope)
    {
        scope.Expect("storeName", "defaultAccess", "allowedSecrets", "deniedSecrets");
        return new SecretScope(
            scope.Required("storeName", "the name of a secret store") ?? "",
            IsDeny(scope, "defaultAccess"),
            scope.Texts("allowedSecrets"),
            scope.Texts("deniedSecrets"));
    }

    private static AccessPolicy AccessPolicy(YamlMap policy, bool deniesByDefault)
    {
        policy.Expect("appId", "defaultAction", "trustDomain", "namespace", "operations");
        return new AccessPolicy(
            policy.Required("appId", "the app id of a caller") ?? "",
            IsDeny(policy, "defaultAction", deniesByDefault),
            [.. policy.List("operations").Select(AccessOperation)]);
    }

    private static AccessOperation AccessOperation(YamlMap operation)
    {
        operation.Expect("name", "httpVerb", "action");
        return new AccessOperation(
            "/" + (operation.Required("name", "a path such as /orders or /orders/*") ?? "").TrimStart('/'),
            operation.Texts("httpVerb"),
            IsDeny(operation, "action"));
    }

    private static ApiRule ApiRule(YamlMap rule)
    {
        rule.Expect("name", "version", "protocol");
        var protocol = rule.Text("protocol") ?? "";
        if (protocol is not ("" or "http" or "grpc"))
        {
            rule.Problem("protocol", $"\"{protocol}\" is not a protocol, expected http or grpc");
        }

        return new ApiRule(rule.Required("name", "an API such as state or invoke") ?? "", rule.Text("version") ?? "", protocol);
    }

    private static bool IsDeny(YamlMap map, string key, bool otherwise = false)
    {
        var text = map.Text(key)?.ToLowerInvariant();
        if (text is not (null or "" or "allow" or "deny"))
        {
            map.Problem(key, $"\"{text}\" is neither, expected allow or deny");
        }

        return string.IsNullOrEmpty(text) ? otherwise : text == "deny";
    }

    [GeneratedRegex(@"\$(\{(?<name>\w+)\}|(?<name>[A-Za-z_]\w*))")]
    private static partial Regex Variable();
}
