using System.Globalization;

namespace DaprShop.Sidecar.Actors;

/// <summary>When a timer or reminder fires: first, how often, until when. A null period is once; a null expiry is never.</summary>
internal sealed record ActorSchedule(DateTimeOffset Due, ActorPeriod? Period, DateTimeOffset? Expires)
{
    private const string Every = "@every ";

    /// <summary>A timer's times. Throws <see cref="FormatException"/>.</summary>
    public static ActorSchedule OfTimer(ActorTimerRequest request, DateTimeOffset now)
    {
        var text = request.Period.StartsWith(Every, StringComparison.Ordinal) ? request.Period[Every.Length..] : request.Period;
        return Of(request, text.Length == 0 ? null : ActorPeriod.Parse(text) ?? throw BadPeriod(request.Period), now);
    }

    /// <summary>A reminder's times: its period has no years, months, days. Throws <see cref="FormatException"/>.</summary>
    public static ActorSchedule OfReminder(ActorTimerRequest request, DateTimeOffset now) => Of(
        request,
        request.Period.Length == 0 ? null : ActorPeriod.Parse(request.Period) is { IsFixed: true } period ? period : throw BadPeriod(request.Period),
        now);

    public bool IsOver(DateTimeOffset due) => due > Expires;

    /// <summary>
    /// The tick after the one at <paramref name="due"/>, the <paramref name="fired"/>th; null when that was the last. Ticks that
    /// were missed meanwhile are left out.
    /// </summary>
    public DateTimeOffset? Next(DateTimeOffset due, int fired, DateTimeOffset now)
    {
        if (Period is null || Period.IsZero || fired >= Period.Repeats)
        {
            return null;
        }

        var next = Period.After(due);
        if (next < now && Period.IsFixed)
        {
            next += Period.Time * Math.Ceiling((now - next) / Period.Time);
        }

        while (next < now)
        {
            next = Period.After(next);
        }

        return IsOver(next) ? null : next;
    }

    private static ActorSchedule Of(ActorTimerRequest request, ActorPeriod? period, DateTimeOffset now)
    {
        if (period is { Repeats: 0 })
        {
            throw new FormatException($"has zero repetitions: {request.Period}");
        }

        var due = Moment(request.DueTime, now) ?? throw new FormatException($"unsupported time/duration format: {request.DueTime}");
        DateTimeOffset? expires = request.Ttl.Length == 0
            ? null
            : Moment(request.Ttl, now) ?? throw new FormatException($"unsupported time/duration format: {request.Ttl}");
        return expires < now
            ? throw new FormatException($"TTL has already expired: {request.Ttl}")
            : new ActorSchedule(due, period, expires);
    }

    /// <summary>A point in time, or a duration from now; null for what is neither.</summary>
    public static DateTimeOffset? Moment(string text, DateTimeOffset now)
    {
        if (text.Length == 0)
        {
            return now;
        }

        if (ActorPeriod.Parse(text) is { Repeats: null } duration)
        {
            return duration.After(now);
        }

        return char.IsAsciiDigit(text[0])
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
                ? moment
                : null;
    }

    private static FormatException BadPeriod(string text) => new($"unsupported period format: {text}");
}
