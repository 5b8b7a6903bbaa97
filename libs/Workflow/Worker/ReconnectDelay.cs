namespace Dapr.Workflow.Worker;

/// <summary>How long to wait before the next attempt to reach the sidecar: 200 ms, doubling to 5 s, with jitter.</summary>
internal sealed class ReconnectDelay
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    private TimeSpan _next = s_first;

    public void Reset() => _next = s_first;

    public TimeSpan Next()
    {
        var delay = _next;
        _next = _next * 2 < s_longest ? _next * 2 : s_longest;

        // Workers that lost the same sidecar shall not come back at the same moment.
        return delay * (0.75 + (Random.Shared.NextDouble() / 2));
    }
}
