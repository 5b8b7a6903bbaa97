using Cronos;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Scheduling;

/// <summary>
/// A schedule as bindings.cron has it: five fields, six with seconds first, <c>@every 90s</c>, or a name such as <c>@hourly</c>.
/// Where both day fields are restricted either may match, as in every cron.
/// </summary>
internal sealed class CronSchedule
{
    private const string Every = "@every ";

    private readonly TimeSpan? _every;
    private readonly IReadOnlyList<CronExpression> _expressions;
    private readonly TimeZoneInfo _zone;

    private CronSchedule(TimeSpan? every, IReadOnlyList<CronExpression> expressions, TimeZoneInfo zone)
    {
        _every = every;
        _expressions = expressions;
        _zone = zone;
    }

    /// <summary>Throws <see cref="InvalidDataException"/> for a schedule or an IANA time zone that cannot be read.</summary>
    public static CronSchedule Parse(string schedule, string? timeZone)
    {
        var text = schedule.Trim();
        if (text.StartsWith(Every, StringComparison.Ordinal))
        {
            return GoDuration.TryParse(text[Every.Length..].Trim(), out var every) && every > TimeSpan.Zero
                ? new CronSchedule(WholeSeconds(every), [], TimeZoneInfo.Utc)
                : throw new InvalidDataException($"schedule '{schedule}': {GoDuration.Expected} after @every");
        }

        try
        {
            return new CronSchedule(null, [.. Expressions(text)], ZoneOf(timeZone));
        }
        catch (CronFormatException e)
        {
            throw new InvalidDataException($"schedule '{schedule}' is not a cron expression: {e.Message}", e);
        }
    }

    /// <summary>The first time after <paramref name="now"/>; null when there is none any more.</summary>
    public DateTimeOffset? Next(DateTimeOffset now)
    {
        if (_every is { } every)
        {
            return new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), now.Offset) + every;
        }

        return _expressions.Min(expression => expression.GetNextOccurrence(now, _zone));
    }

    // Ticks are on whole seconds, and a second apart at least.
    private static TimeSpan WholeSeconds(TimeSpan every) => TimeSpan.FromSeconds(Math.Max(1, Math.Floor(every.TotalSeconds)));

    private static IEnumerable<CronExpression> Expressions(string text)
    {
        if (text.StartsWith('@'))
        {
            return [CronExpression.Parse(text)];
        }

        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var format = fields.Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard;
        if (fields.Length < 5 || IsAny(fields[^3]) || IsAny(fields[^1]))
        {
            return [CronExpression.Parse(text, format)];
        }

        string[] byWeekday = [.. fields];
        byWeekday[^3] = "*";
        string[] byDay = [.. fields];
        byDay[^1] = "*";
        return [CronExpression.Parse(string.Join(' ', byDay), format), CronExpression.Parse(string.Join(' ', byWeekday), format)];
    }

    private static bool IsAny(string field) => field is ['*' or '?', ..];

    private static TimeZoneInfo ZoneOf(string? name)
    {
        try
        {
            return name is { Length: > 0 } ? TimeZoneInfo.FindSystemTimeZoneById(name) : TimeZoneInfo.Local;
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw new InvalidDataException($"timeZone '{name}' is not known, expected one such as Europe/Paris", e);
        }
    }
}
