using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Invocation;

/// <summary>The callee's accessControl: who may invoke which of its app's methods.</summary>
internal static class AccessControl
{
    /// <summary>Throws <see cref="DaprApiException"/> (403) when the callee's Configuration denies the call.</summary>
    public static void Check(Sidecar callee, string caller, InvocationRequest request)
    {
        var byCaller = callee.Options.AppliesCallerPolicies;
        if (IsDenied(callee.Resources.Configuration, byCaller ? caller : "", request))
        {
            // As daprd, which then has no id to name.
            throw InvocationErrors.Denied(request.Target, byCaller ? caller : "", request.Path, request.Verb);
        }
    }

    private static bool IsDenied(ConfigurationSpec configuration, string caller, InvocationRequest request)
    {
        if (configuration.AccessPolicies.FirstOrDefault(policy => policy.AppId == caller && caller.Length > 0) is not { } policy)
        {
            return configuration.DenyInvocationByDefault;
        }

        // What the app's router takes for the same path must not pass by a rule for it.
        var path = Uri.UnescapeDataString(request.Path).TrimEnd('/');
        var operation = policy.Operations.Where(one => Covers(one.Name, path)).MaxBy(one => one.Name.Length + (IsPrefix(one.Name) ? 0 : 1));
        return operation is not null && (request.IsGrpc || operation.Verbs.Any(verb => verb == "*" || verb.Equals(request.Verb, StringComparison.OrdinalIgnoreCase)))
            ? operation.Deny
            : policy.DenyByDefault;
    }

    private static bool Covers(string name, string path) => IsPrefix(name)
        ? path.StartsWith(name[..^1], StringComparison.OrdinalIgnoreCase)
        : path.Equals(name.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);

    private static bool IsPrefix(string name) => name.EndsWith("/*", StringComparison.Ordinal);
}
