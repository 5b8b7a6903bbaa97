using System.Collections.Frozen;
using System.Globalization;
using DaprShop.Sidecar.Resources;
using Microsoft.AspNetCore.Http;
using Prometheus;

namespace DaprShop.Sidecar.Observability;

/// <summary>Requests to the HTTP API (server) and from the sidecar to its app (client).</summary>
internal sealed class HttpMetrics
{
    // A caller may invent verbs; each would be a series for ever.
    private static readonly FrozenSet<string> s_verbs =
        FrozenSet.Create("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE");

    private readonly MetricsSpec _spec;
    private readonly PathPattern[] _paths;
    private readonly Counter _requests;
    private readonly CallFamily<Labels> _responses;
    private readonly CallFamily<Labels> _completed;
    private readonly CallFamily<int> _probes;
    private readonly Histogram _requestBytes;
    private readonly Histogram _responseBytes;
    private readonly Histogram _sentBytes;
    private readonly Histogram _receivedBytes;

    public HttpMetrics(MetricFamilies families, MetricsSpec spec)
    {
        _spec = spec;
        _paths = [.. spec.PathMatching.Select(path => PathPattern.TryParse(path, out var pattern) ? pattern : null).OfType<PathPattern>()];
        string[] labels = ["method", "path", "status"];
        _requests = families.Counter("http_server_request_count", "Requests to the HTTP API.", labels);
        _responses = families.Calls<Labels>(
            "http_server_response_count", "http_server_latency", "Responses of the HTTP API.", static key => key.Texts, labels);
        _requestBytes = families.Size("http_server_request_bytes", "Bodies of requests to the HTTP API, as far as they tell their length.");
        _responseBytes = families.Size("http_server_response_bytes", "Bodies of responses of the HTTP API, as far as they tell their length.");
        _completed = families.Calls<Labels>(
            "http_client_completed_count", "http_client_roundtrip_latency", "Requests to the app.", static key => key.Texts, labels);
        _sentBytes = families.Size("http_client_sent_bytes", "Bodies of requests to the app, as far as they tell their length.");
        _receivedBytes = families.Size("http_client_received_bytes", "Bodies of the app's answers, as far as they tell their length.");
        _probes = families.Calls<int>(
            "http_healthprobes_completed_count", "http_healthprobes_roundtrip_latency", "Health probes of the app.", static status => [Text(status)], "status");
    }

    public void Served(HttpContext context, long started)
    {
        var labels = LabelsOf(context.Request.Method, context.Request.Path, context.Response.StatusCode);
        _requests.WithLabels(labels.Method, labels.Path, labels.StatusText).Inc();
        _responses.Record(labels, started);
        _requestBytes.Observe(context.Request.ContentLength ?? 0);
        _responseBytes.Observe(context.Response.ContentLength ?? 0);
    }

    public void Sent(HttpRequestMessage request, HttpResponseMessage response, long started)
    {
        _completed.Record(LabelsOf(request.Method.Method, request.RequestUri!.AbsolutePath, (int)response.StatusCode), started);
        _sentBytes.Observe(request.Content?.Headers.ContentLength ?? 0);
        _receivedBytes.Observe(response.Content.Headers.ContentLength ?? 0);
    }

    /// <summary>A health probe that was answered; 0 is none.</summary>
    public void Probed(int status, long started) => _probes.Record(status, started);

    private Labels LabelsOf(string method, string path, int status) => new(
        _spec.ExcludeVerbs ? "" : s_verbs.Contains(method) ? method : "other",
        _paths.Length > 0 ? Match(path) : _spec.IncreasedCardinality ? Shorten(path) : "",
        status);

    private string Match(string path)
    {
        // The patterns are those of the app, whether it is called or called through.
        var method = path.StartsWith("/v1.0/invoke/", StringComparison.Ordinal) ? path.IndexOf("/method/", StringComparison.Ordinal) : -1;
        var own = method < 0 ? path : path[(method + "/method".Length)..];
        return Array.Find(_paths, pattern => pattern.Matches(own))?.Text ?? (_spec.IncreasedCardinality ? Shorten(path) : "");
    }

    /// <summary>The path without what differs from call to call: keys and names, the ids of actors.</summary>
    private static string Shorten(string path)
    {
        var parts = path.TrimStart('/').Split('/', 6);
        return parts switch
        {
            ["actors", var type, _, .. var rest] => $"actors/{type}/{{id}}{string.Concat(rest.Select(part => "/" + part))}",
            [var version, "state" or "secrets", var store, ..] => $"/{version}/{parts[1]}/{store}",
            [var version, "actors", var type, _, var what, ..] => $"/{version}/actors/{type}/{{id}}/{what}",
            _ => path,
        };
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Labels(string Method, string Path, int Status)
    {
        public string StatusText => Text(Status);

        public string[] Texts => [Method, Path, StatusText];
    }
}
