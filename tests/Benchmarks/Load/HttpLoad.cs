using System.Diagnostics;
using DaprShop.Benchmarks.Roles;

namespace DaprShop.Benchmarks.Load;

/// <summary>Calls a server over some connections, a thread each; of several requests, one after the other.</summary>
internal sealed class HttpLoad(int port, HttpRequestBytes[] requests, int connections = 16)
{
    private int _number;

    public HttpLoad(int port, HttpRequestBytes request, int connections = 16)
        : this(port, [request], connections)
    {
    }

    /// <summary>One call after the other on every connection; the CPU time is that of the given processes.</summary>
    public Measurement Run(TimeSpan duration, params RoleProcess[] measured) => Run(duration, TimeSpan.Zero, measured);

    /// <summary>So many calls a second over all connections, whatever they take.</summary>
    public Measurement RunAtRate(int perSecond, TimeSpan duration, params RoleProcess[] measured) =>
        Run(duration, TimeSpan.FromSeconds((double)connections / perSecond), measured);

    private Measurement Run(TimeSpan duration, TimeSpan interval, RoleProcess[] measured)
    {
        var latencies = new List<double>[connections];
        var cpu = CpuOf(measured);
        var start = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, connections).Select(n => new Thread(() => latencies[n] = Call(n, start, duration, interval))).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        return new Measurement([.. latencies.SelectMany(list => list)], Stopwatch.GetElapsedTime(start), CpuOf(measured) - cpu);
    }

    private static TimeSpan CpuOf(RoleProcess[] processes) => TimeSpan.FromTicks(processes.Sum(process => process.CpuTime.Ticks));

    private List<double> Call(int index, long start, TimeSpan duration, TimeSpan interval)
    {
        using var connection = new HttpConnection(port);
        HttpRequestBytes[] own = [.. requests.Select(request => request.Copy())];
        var latencies = new List<double>(100_000);
        var due = interval * ((double)index / connections);
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            if (interval > TimeSpan.Zero)
            {
                var wait = due - Stopwatch.GetElapsedTime(start);
                if (wait > TimeSpan.Zero)
                {
                    Thread.Sleep(wait);
                }

                due += interval;
            }

            var sent = Stopwatch.GetTimestamp();
            var number = Interlocked.Increment(ref _number);
            connection.Exchange(own[number % own.Length].WithNumber(number));
            latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }

        return latencies;
    }
}
