using DaprShop.Sidecar.Actors;
using DaprShop.Sidecar.Bindings;
using DaprShop.Sidecar.Configuration;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Jobs;
using DaprShop.Sidecar.Locks;
using DaprShop.Sidecar.Observability;
using DaprShop.Sidecar.PubSub;
using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Secrets;
using DaprShop.Sidecar.State;
using DaprShop.Sidecar.Workflows;

namespace DaprShop.Sidecar;

/// <summary>One app's sidecar: its building blocks over the shared runtime. The HTTP and gRPC front ends only translate to it.</summary>
internal sealed class Sidecar : IAsyncDisposable
{
    public Sidecar(SidecarOptions options, ResourceSet resources, SharedRuntime shared)
    {
        Options = options;
        Resources = resources;
        Shared = shared;
        Metrics = new SidecarMetrics(this);
        Policies = new ResiliencyPolicies(resources.Resiliency, shared.Time, shared.Loggers, Metrics.Resiliency);
        App = new AppChannel(options, shared.Time, shared.Loggers, Metrics);
        Secrets = new SecretStores(this);
        State = new StateStores(this);
        Locks = new LockStores(this);
        Configuration = new ConfigurationStores(this);
        Bindings = new BindingComponents(this);
        PubSub = new PubSubs(this);
        Invocation = new Invoker(this);
        Actors = new SidecarActors(this);
        Jobs = new SidecarJobs(this);
        Workflow = shared.Workflows.App(options.AppId);
        shared.Workflows.Retain(options.AppId, resources.Configuration.WorkflowRetention);
        shared.Workflows.Limit(options.AppId, resources.Configuration.WorkflowConcurrency);
        shared.Workflows.Measure(options.AppId, Metrics.Workflows);
        Tracing = new SidecarTracing(options.AppId, resources.Configuration, shared.Loggers);
        Health = new SidecarHealth();
        Metadata = new SidecarMetadata(this);
        Lifetime = new SidecarLifetime(this);
    }

    public SidecarOptions Options { get; }

    public string AppId => Options.AppId;

    public ResourceSet Resources { get; }

    public SharedRuntime Shared { get; }

    public SidecarMetrics Metrics { get; }

    public ResiliencyPolicies Policies { get; }

    public AppChannel App { get; }

    public SecretStores Secrets { get; }

    public StateStores State { get; }

    public LockStores Locks { get; }

    public ConfigurationStores Configuration { get; }

    public BindingComponents Bindings { get; }

    public PubSubs PubSub { get; }

    public Invoker Invocation { get; }

    public SidecarActors Actors { get; }

    public SidecarJobs Jobs { get; }

    public WorkflowApp Workflow { get; }

    public SidecarTracing Tracing { get; }

    public SidecarHealth Health { get; }

    public SidecarMetadata Metadata { get; }

    public SidecarLifetime Lifetime { get; }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync().ConfigureAwait(false);
        Actors.Dispose();
        Jobs.Dispose();
        Bindings.Dispose();
        Lifetime.Dispose();
        // It waits for the collector.
        await Task.Run(Tracing.Dispose).ConfigureAwait(false);
    }
}
