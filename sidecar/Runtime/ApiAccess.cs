using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar;

/// <summary>Which APIs a Configuration leaves on: denied ones are off; if any is allowed, all others of that protocol are off.</summary>
internal static class ApiAccess
{
    public static bool IsAllowed(ConfigurationSpec configuration, string name, string version, string protocol)
    {
        if (configuration.DeniedApis.Any(Matches))
        {
            return false;
        }

        var allowed = configuration.AllowedApis.Where(rule => IsFor(rule, protocol)).ToList();
        return allowed.Count == 0 || allowed.Any(Matches);

        bool Matches(ApiRule rule) => IsFor(rule, protocol) && rule.Name == name && (rule.Version is "" || rule.Version == version);
    }

    private static bool IsFor(ApiRule rule, string protocol) =>
        rule.Protocol is "" || string.Equals(rule.Protocol, protocol, StringComparison.OrdinalIgnoreCase);
}
