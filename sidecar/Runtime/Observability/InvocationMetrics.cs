using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Prometheus;

namespace DaprShop.Sidecar.Observability;

/// <summary>Calls between apps, as the caller's sidecar sees them and as the callee's does.</summary>
internal sealed class InvocationMetrics(MetricFamilies families)
{
    // The sidecar passes every call on as it arrives; daprd calls what is no stream of messages unary.
    private const string Type = "unary";

    private readonly Counter _sent = families.Counter("runtime_service_invocation_req_sent_total", "Calls sent to another app.", "dst_app_id", "type");
    private readonly Counter _received = families.Counter("runtime_service_invocation_req_recv_total", "Calls received from another app.", "src_app_id", "type");

    private readonly Counter _answered = families.Counter(
        "runtime_service_invocation_res_sent_total", "Answers sent to a calling app.", "dst_app_id", "status", "type");

    private readonly Counter _answers = families.Counter(
        "runtime_service_invocation_res_recv_total", "Answers received from a called app.", "src_app_id", "status", "type");

    private readonly Histogram _latency = families.Latency(
        "runtime_service_invocation_res_recv_latency_ms", "From the call to its answer, in milliseconds.", "src_app_id", "status");

    private readonly ConcurrentDictionary<string, Counter.Child> _sentTo = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Counter.Child> _receivedFrom = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string App, int Status), Counter.Child> _answeredTo = new();
    private readonly ConcurrentDictionary<(string App, int Status), (Counter.Child Count, Histogram.Child Latency)> _answersOf = new();

    public void RequestSent(string callee) =>
        _sentTo.GetOrAdd(callee, static (app, self) => self._sent.WithLabels(app, Type), this).Inc();

    public void RequestReceived(string caller) =>
        _receivedFrom.GetOrAdd(caller, static (app, self) => self._received.WithLabels(app, Type), this).Inc();

    public void ResponseSent(string caller, int status) =>
        _answeredTo.GetOrAdd((caller, status), static (key, self) => self._answered.WithLabels(key.App, Text(key.Status), Type), this).Inc();

    public void ResponseReceived(string callee, int status, long started)
    {
        var (count, latency) = _answersOf.GetOrAdd(
            (callee, status),
            static (key, self) => (self._answers.WithLabels(key.App, Text(key.Status), Type), self._latency.WithLabels(key.App, Text(key.Status))),
            this);
        count.Inc();
        latency.Observe(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
