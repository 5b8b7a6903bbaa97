using System.Globalization;

namespace DaprShop.Sidecar.State;

/// <summary>What a store's rules say about a write.</summary>
internal enum WriteDecision
{
    Write,

    /// <summary>The etag is not the current one.</summary>
    Mismatch,

    /// <summary>The etag is not of the store's form.</summary>
    InvalidETag,

    /// <summary>state.redis: the key was once written with first-write, and this write has no etag.</summary>
    Refused,
}

/// <summary>The rules in which Dapr's stores differ: etags, optimistic concurrency, expiry. Pure functions of the current row.</summary>
internal abstract class StateRules
{
    /// <summary>state.redis.</summary>
    public static StateRules Redis { get; } = new RedisRules();

    /// <summary>state.sqlite, state.in-memory and the SQL stores.</summary>
    public static StateRules Sql { get; } = new SqlRules();

    public static StateRules For(string componentType) => componentType == "state.redis" ? Redis : Sql;

    /// <summary>Whether a read tells when the value expires.</summary>
    public abstract bool TellsExpiry { get; }

    public WriteDecision Decide(StateRow? current, StateOperation operation) => operation is StateUpsert
        ? DecideUpsert(current, operation.ETag ?? "", operation.Concurrency)
        : DecideDelete(current, operation.ETag ?? "");

    /// <summary>The etag of the value about to be written.</summary>
    public abstract string NextETag(StateRow? current);

    /// <summary>Whether the row remembers that it was written with first-write.</summary>
    public abstract bool WrittenFirst(StateRow? current, Concurrency concurrency);

    /// <summary>
    /// When the new value expires, in Unix milliseconds: <paramref name="ttl"/> is in seconds, not positive is never, null not given.
    /// </summary>
    public long? Expires(StateRow? current, int? ttl, long now) => ttl switch
    {
        null => ExpiresWithoutTtl(current),
        > 0 => now + (ttl.Value * 1000L),
        _ => null,
    };

    protected abstract WriteDecision DecideUpsert(StateRow? current, string etag, Concurrency concurrency);

    protected abstract WriteDecision DecideDelete(StateRow? current, string etag);

    protected abstract long? ExpiresWithoutTtl(StateRow? current);

    /// <summary>Etags are versions that count up. A write without an etag, or with last-write, compares nothing.</summary>
    private sealed class RedisRules : StateRules
    {
        public override bool TellsExpiry => false;

        public override string NextETag(StateRow? current) =>
            current is null ? "1" : (long.Parse(current.ETag, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);

        public override bool WrittenFirst(StateRow? current, Concurrency concurrency) =>
            concurrency == Concurrency.FirstWrite || current is { WrittenFirst: true };

        protected override WriteDecision DecideUpsert(StateRow? current, string etag, Concurrency concurrency)
        {
            var version = 0L;
            if (etag.Length > 0 && concurrency != Concurrency.LastWrite
                && !long.TryParse(etag, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out version))
            {
                return WriteDecision.InvalidETag;
            }

            if (current is null || (version == 0 && !current.WrittenFirst)
                || version == long.Parse(current.ETag, CultureInfo.InvariantCulture))
            {
                return WriteDecision.Write;
            }

            return etag.Length > 0 ? WriteDecision.Mismatch : WriteDecision.Refused;
        }

        protected override WriteDecision DecideDelete(StateRow? current, string etag) =>
            current is null || etag is "" or "0" || etag == current.ETag ? WriteDecision.Write : WriteDecision.Mismatch;

        // SET without a time to live leaves the hash's EXPIRE alone.
        protected override long? ExpiresWithoutTtl(StateRow? current) => current?.Expires;
    }

    /// <summary>Etags are random. One that is given must be the current one; first-write without one must meet no value.</summary>
    private sealed class SqlRules : StateRules
    {
        public override bool TellsExpiry => true;

        public override string NextETag(StateRow? current) => Guid.NewGuid().ToString();

        public override bool WrittenFirst(StateRow? current, Concurrency concurrency) => false;

        protected override WriteDecision DecideUpsert(StateRow? current, string etag, Concurrency concurrency)
        {
            var mayWrite = etag.Length > 0 ? current?.ETag == etag : concurrency != Concurrency.FirstWrite || current is null;
            return mayWrite ? WriteDecision.Write : WriteDecision.Mismatch;
        }

        protected override WriteDecision DecideDelete(StateRow? current, string etag) =>
            etag.Length == 0 || current?.ETag == etag ? WriteDecision.Write : WriteDecision.Mismatch;

        protected override long? ExpiresWithoutTtl(StateRow? current) => null;
    }
}
