using Google.Protobuf.WellKnownTypes;

namespace DaprShop.Sidecar.Workflows;

/// <summary>Times are stored as nanoseconds since 1970, so that a timer keeps the precision its worker asked for.</summary>
internal static class Timestamps
{
    private const long PerSecond = 1_000_000_000;

    // Later times do not fit into 64 bits; nobody waits for them (the year 9999 means "never").
    private const long LastSecond = long.MaxValue / PerSecond - 1;

    /// <summary>When a timer without end fires.</summary>
    public const long Never = long.MaxValue;

    public static long ToNanoseconds(this Timestamp time) =>
        time.Seconds > LastSecond ? Never : time.Seconds < 0 ? 0 : time.Seconds * PerSecond + time.Nanos;

    public static long ToNanoseconds(this DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    public static Timestamp ToTimestamp(long nanoseconds) =>
        new() { Seconds = nanoseconds / PerSecond, Nanos = (int)(nanoseconds % PerSecond) };
}
