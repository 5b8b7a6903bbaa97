using System.Diagnostics;
using Prometheus;

namespace DaprShop.Sidecar.Observability;

/// <summary>Calls to components, and the messages and events that come from them.</summary>
internal sealed class ComponentMetrics
{
    /// <summary>The namespace that every series names: daprd's own, which is the variable NAMESPACE.</summary>
    public static readonly string Namespace = Environment.GetEnvironmentVariable("NAMESPACE") is { Length: > 0 } name ? name : "default";

    private readonly CallFamily<(string Component, string Topic, string Status)> _ingress;
    private readonly CallFamily<(string Component, string Topic, bool Success)> _egress;
    private readonly CallFamily<(string Component, bool Success)> _inputBinding;
    private readonly Counter _bulkEgress;
    private readonly Counter _bulkEvents;
    private readonly Counter _loaded;
    private readonly Counter _initialised;
    private readonly Counter _failed;

    public ComponentMetrics(MetricFamilies families)
    {
        State = Operations(families, "state");
        Configuration = Operations(families, "configuration");
        Secrets = Operations(families, "secret");
        OutputBindings = Operations(families, "output_binding");
        _inputBinding = families.Calls<(string Component, bool Success)>(
            "component_input_binding_count", "component_input_binding_latencies", "Events of input bindings brought to the app.",
            static key => [key.Component, Namespace, Text(key.Success)], "component", "namespace", "success");
        _ingress = families.Calls<(string Component, string Topic, string Status)>(
            "component_pubsub_ingress_count", "component_pubsub_ingress_latencies", "Messages brought to the app.",
            static key => [key.Component, Namespace, key.Topic, key.Status, key.Status], "component", "namespace", "topic", "process_status", "status");
        string[] published = ["component", "namespace", "topic", "success"];
        _egress = families.Calls<(string Component, string Topic, bool Success)>(
            "component_pubsub_egress_count", "component_pubsub_egress_latencies", "Messages published.",
            static key => [key.Component, Namespace, key.Topic, Text(key.Success)], published);
        _bulkEgress = families.Counter("component_pubsub_egress_bulk_count", "Bulk publish calls.", published);
        _bulkEvents = families.Counter("component_pubsub_egress_bulk_event_count", "Messages published by bulk publish calls.", published);
        _loaded = families.Counter("runtime_component_loaded", "Components loaded.");
        _initialised = families.Counter("runtime_component_init_total", "Components initialised.", "component");
        _failed = families.Counter("runtime_component_init_fail_total", "Components that could not be initialised.", "component", "reason");
    }

    public CallFamily<ComponentCall> State { get; }

    public CallFamily<ComponentCall> Configuration { get; }

    public CallFamily<ComponentCall> Secrets { get; }

    public CallFamily<ComponentCall> OutputBindings { get; }

    public void InputBinding(string component, bool success, long started) => _inputBinding.Record((component, success), started);

    /// <summary>An attempt to bring a message to the app; the status is success, retry or drop.</summary>
    public void Delivered(string component, string topic, string status, long started) => _ingress.Record((component, topic, status), started);

    public void Published(string component, string topic, bool success, long started) => _egress.Record((component, topic, success), started);

    public void PublishedInBulk(string component, string topic, bool success, int events)
    {
        _bulkEgress.WithLabels(component, Namespace, topic, Text(success)).Inc();
        if (success)
        {
            _bulkEvents.WithLabels(component, Namespace, topic, Text(success)).Inc(events);
        }
    }

    public void Loaded(string component)
    {
        _loaded.Inc();
        _initialised.WithLabels(component).Inc();
    }

    public void NotLoaded(string component) => _failed.WithLabels(component, "init").Inc();

    private static CallFamily<ComponentCall> Operations(MetricFamilies families, string block) => families.Calls<ComponentCall>(
        $"component_{block}_count", $"component_{block}_latencies", $"Calls to components ({block}).",
        static key => [key.Component, Namespace, key.Operation, Text(key.Success)], "component", "namespace", "operation", "success");

    private static string Text(bool success) => success ? "true" : "false";
}

/// <summary>A call to a component, by what is told apart.</summary>
internal readonly record struct ComponentCall(string Component, string Operation, bool Success);

internal static class ComponentCallMetrics
{
    /// <summary>Runs an operation on a component and counts it.</summary>
    public static T Measure<T>(this CallFamily<ComponentCall> calls, string component, string operation, Func<T> call)
    {
        var started = Stopwatch.GetTimestamp();
        var success = false;
        try
        {
            var result = call();
            success = true;
            return result;
        }
        finally
        {
            calls.Record(new ComponentCall(component, operation, success), started);
        }
    }

    /// <summary>Awaits an operation on a component and counts it.</summary>
    public static Task<T> MeasureAsync<T>(this CallFamily<ComponentCall> calls, string component, string operation, Task<T> call) =>
        calls.MeasureAsync(call, success => new ComponentCall(component, operation, success));
}
