using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Actors;

/// <summary>The actor types that an app hosts, as it says itself: GET /dapr/config.</summary>
internal sealed partial class AppActorTypes(Sidecar sidecar, ILogger logger)
{
    private const int MaxRetries = 3;
    private static readonly Dictionary<string, ActorSettings> None = [];

    /// <summary>Reads them; an app without the route hosts none, a failure is tried again a few times and then logged.</summary>
    public async Task<IReadOnlyDictionary<string, ActorSettings>> ReadAsync(CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromMilliseconds(500);
        for (var retry = 0; ; retry++)
        {
            try
            {
                return await ReadOnceAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or AppUnreachableException or IOException)
            {
                if (retry == MaxRetries)
                {
                    LogUnread(sidecar.AppId, e.Message);
                    return None;
                }
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                LogUnread(sidecar.AppId, e.Message);
                return None;
            }

            await Task.Delay(wait, sidecar.Shared.Time, cancellationToken).ConfigureAwait(false);
            wait *= 1.5;
        }
    }

    private async Task<IReadOnlyDictionary<string, ActorSettings>> ReadOnceAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/dapr/config", UriKind.Relative));
        using var response = await sidecar.App.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.NoContent)
        {
            return None;
        }

        response.EnsureSuccessStatusCode();
        var json = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return json.Length == 0 ? None : Parse(json);
    }

    private static Dictionary<string, ActorSettings> Parse(byte[] json)
    {
        var app = JsonSerializer.Deserialize(json, AppConfigJson.Default.AnnouncedActors) ?? new AnnouncedActors();
        var common = Apply(app, new ActorSettings());
        var types = (app.Entities ?? []).ToDictionary(type => type, _ => common, StringComparer.Ordinal);
        foreach (var group in app.EntitiesConfig ?? [])
        {
            // As in daprd, what such a group does not say is the default, not what stands outside of it.
            var settings = Apply(group, new ActorSettings());
            foreach (var type in (group.Entities ?? []).Where(types.ContainsKey))
            {
                types[type] = settings;
            }
        }

        return types;
    }

    private static ActorSettings Apply(AnnouncedActors given, ActorSettings settings) => settings with
    {
        IdleTimeout = Duration(given.ActorIdleTimeout) ?? settings.IdleTimeout,
        DrainTimeout = Duration(given.DrainOngoingCallTimeout) ?? settings.DrainTimeout,
        DrainsCalls = given.DrainRebalancedActors ?? settings.DrainsCalls,
        Reentrant = given.Reentrancy?.Enabled ?? settings.Reentrant,
        MaxStackDepth = given.Reentrancy?.MaxStackDepth is > 0 and var depth ? depth : settings.MaxStackDepth,
    };

    private static TimeSpan? Duration(string? text) => text switch
    {
        null or "" => null,
        _ when GoDuration.TryParse(text, out var duration) => duration > TimeSpan.Zero ? duration : null,
        _ => throw new FormatException($"\"{text}\" is not a duration, {GoDuration.Expected}"),
    };

    [LoggerMessage(LogLevel.Error, "{AppId}: the app's actor types could not be read: {Error}")]
    private partial void LogUnread(string appId, string error);
}

/// <summary>The app's answer, and each entry of its entitiesConfig; what is not known (actorScanInterval) is ignored.</summary>
internal sealed record AnnouncedActors
{
    public List<string>? Entities { get; init; }

    public string? ActorIdleTimeout { get; init; }

    public string? DrainOngoingCallTimeout { get; init; }

    public bool? DrainRebalancedActors { get; init; }

    public AnnouncedReentrancy? Reentrancy { get; init; }

    public List<AnnouncedActors>? EntitiesConfig { get; init; }
}

internal sealed record AnnouncedReentrancy(bool Enabled, int? MaxStackDepth);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AnnouncedActors))]
internal sealed partial class AppConfigJson : JsonSerializerContext;
