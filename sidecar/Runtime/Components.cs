using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar;

/// <summary>
/// Initialises a sidecar's components as daprd does: the first that cannot be used ends the start, unless it says ignoreErrors.
/// </summary>
internal static partial class Components
{
    public static IReadOnlyList<Component> Load(Sidecar sidecar, ILogger logger)
    {
        var loaded = new List<Component>();
        foreach (var component in sidecar.Resources.Components)
        {
            try
            {
                Initialise(sidecar, component);
                loaded.Add(component);
                sidecar.Metrics.Components.Loaded(component.Name);
                LogLoaded(logger, sidecar.AppId, component.Name, component.Type, component.Version);
            }
            catch (Exception e) when (e is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
            {
                var message = $"process component {component.Name} error: [INIT_COMPONENT_FAILURE]: initialization error occurred for "
                    + $"{component.Name} ({component.Type}/{component.Version}): {e.Message}";
                if (!component.IgnoreErrors)
                {
                    throw new SidecarStartException($"{component.Source}: {message}".TrimStart(':', ' '), e);
                }

                sidecar.Metrics.Components.NotLoaded(component.Name);
                LogIgnored(logger, e, sidecar.AppId, message);
            }
        }

        return loaded;
    }

    private static void Initialise(Sidecar sidecar, Component component)
    {
        if (!ComponentTypes.TryFind(component.Type, out _))
        {
            throw new InvalidDataException(
                $"couldn't find {component.Type}/{component.Version}, expected one of {ComponentTypes.Like(component.Type)}");
        }

        switch (component.Category)
        {
            case "state":
                sidecar.State.Add(component);
                break;
            case "secretstores":
                sidecar.Secrets.Add(component);
                break;
            case "lock":
                sidecar.Locks.Add(component);
                break;
            case "configuration":
                sidecar.Configuration.Add(component);
                break;
            case "bindings":
                sidecar.Bindings.Add(component);
                break;
            default:
                // Pub/sub reads its components itself.
                break;
        }
    }

    [LoggerMessage(LogLevel.Information, "{AppId}: Component loaded: {Name} ({Type}/{Version})")]
    private static partial void LogLoaded(ILogger logger, string appId, string name, string type, string version);

    [LoggerMessage(LogLevel.Warning, "{AppId}: ignored: {Message}")]
    private static partial void LogIgnored(ILogger logger, Exception exception, string appId, string message);
}
