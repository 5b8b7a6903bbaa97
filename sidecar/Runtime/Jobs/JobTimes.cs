using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Actors;
using DaprShop.Sidecar.Scheduling;

namespace DaprShop.Sidecar.Jobs;

/// <summary>When a job runs: at its due time or the schedule's next, then by the schedule, so often and so long as it says.</summary>
internal sealed class JobTimes
{
    private const int CronFields = 6;

    private readonly CronSchedule? _schedule;
    private readonly uint _repeats;

    /// <summary>Throws <see cref="FormatException"/>, which names the field, for what cannot be read.</summary>
    public JobTimes(Job job)
    {
        _schedule = job.HasSchedule ? ScheduleOf(job.Schedule) : null;
        // Without a schedule there is one time to run at.
        _repeats = _schedule is null ? 1 : job.HasRepeats ? job.Repeats : uint.MaxValue;
        if (_repeats == 0)
        {
            throw new FormatException("repeats: 0 is no number of times to run");
        }
    }

    /// <summary>The first time, and when the job expires (null: never).</summary>
    public (DateTimeOffset First, DateTimeOffset? Expires) Begin(Job job, DateTimeOffset now)
    {
        var first = job.HasDueTime ? Moment("dueTime", job.DueTime, now)
            : _schedule!.Next(now) ?? throw new FormatException($"schedule: '{job.Schedule}' has no time to come");
        DateTimeOffset? expires = job.HasTtl ? Moment("ttl", job.Ttl, now) : null;
        return expires <= now || expires < first
            ? throw new FormatException($"ttl: '{job.Ttl}' is over before the job is due")
            : (first, expires);
    }

    /// <summary>The time after the <paramref name="fired"/>th, which was <paramref name="tick"/>; those that were missed are left out.</summary>
    public DateTimeOffset? Next(DateTimeOffset tick, long fired, DateTimeOffset now)
    {
        if (_schedule is null || fired >= _repeats)
        {
            return null;
        }

        return _schedule.Next(tick) is { } next && next >= now ? next : _schedule.Next(now);
    }

    private static CronSchedule ScheduleOf(string text)
    {
        var schedule = text.Trim();
        if (!schedule.StartsWith('@') && schedule.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length != CronFields)
        {
            throw new FormatException($"schedule: '{text}' has not the six fields of a cron expression, and is no period such as @every 5m");
        }

        try
        {
            return CronSchedule.Parse(schedule, null);
        }
        catch (InvalidDataException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static DateTimeOffset Moment(string field, string text, DateTimeOffset now) => text.Length > 0 && ActorSchedule.Moment(text, now) is { } moment
        ? moment
        : throw new FormatException($"{field}: '{text}' is neither a time (RFC 3339) nor a duration");
}
