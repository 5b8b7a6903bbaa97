using System.Text.Json;
using Dapr.Common.Serialization;
using Dapr.Workflow.Registration;
using Dapr.Workflow.Replay;
using Dapr.Workflow.Sidecar;
using Dapr.Workflow.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Dapr.Workflow;

/// <summary>Adds workflows to an app (Dapr Workflow API).</summary>
public static class WorkflowServiceCollectionExtensions
{
    /// <summary>Adds the worker and the <see cref="DaprWorkflowClient"/>.</summary>
    /// <param name="serviceCollection">The app's services.</param>
    public static IServiceCollection AddDaprWorkflow(this IServiceCollection serviceCollection) =>
        serviceCollection.AddDaprWorkflow(static _ => { });

    /// <summary>
    /// Adds the worker, which runs the registered workflows and activities, and the <see cref="DaprWorkflowClient"/>. The sidecar's address
    /// comes from DAPR_GRPC_ENDPOINT or DAPR_GRPC_PORT, its token from DAPR_API_TOKEN: of the configuration, else of the environment.
    /// </summary>
    /// <param name="serviceCollection">The app's services.</param>
    /// <param name="configure">Registers workflows and activities.</param>
    /// <param name="lifetime">The lifetime of the client.</param>
    public static IServiceCollection AddDaprWorkflow(
        this IServiceCollection serviceCollection,
        Action<WorkflowRuntimeOptions> configure,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return serviceCollection.AddDaprWorkflowBuilder(configure, configureClient: null, lifetime).Services;
    }

    /// <summary>As <see cref="AddDaprWorkflow(IServiceCollection)"/>, with more to configure.</summary>
    /// <param name="serviceCollection">The app's services.</param>
    /// <param name="configureRuntime">Registers workflows and activities.</param>
    /// <param name="configureClient">Configures the client; its endpoint is the worker's, whatever is set here.</param>
    /// <param name="lifetime">The lifetime of the client.</param>
    public static DaprWorkflowBuilder AddDaprWorkflowBuilder(
        this IServiceCollection serviceCollection,
        Action<WorkflowRuntimeOptions>? configureRuntime,
        Action<IServiceProvider, DaprWorkflowClientBuilder>? configureClient = null,
        ServiceLifetime lifetime = ServiceLifetime.Singleton)
    {
        ArgumentNullException.ThrowIfNull(serviceCollection);
        var options = OptionsOf(serviceCollection);
        configureRuntime?.Invoke(options);

        serviceCollection.AddLogging();
        serviceCollection.TryAddSingleton<IDaprSerializer>(_ => new JsonDaprSerializer());
        serviceCollection.TryAddSingleton(_ => options.ToRegistry());
        serviceCollection.TryAddSingleton(services => new SidecarConnection(options, services.GetService<IConfiguration>()));
        serviceCollection.TryAddSingleton(services => services.GetRequiredService<SidecarConnection>().Client);
        serviceCollection.TryAddSingleton<WorkflowRunner>();
        serviceCollection.TryAddSingleton<ActivityRunner>();
        serviceCollection.TryAddSingleton<CompletionSender>();
        serviceCollection.AddHostedService<WorkflowWorker>();

        serviceCollection.TryAdd(new ServiceDescriptor(typeof(DaprWorkflowClient), CreateClient, lifetime));
        serviceCollection.TryAdd(
            new ServiceDescriptor(typeof(IDaprWorkflowClient), services => services.GetRequiredService<DaprWorkflowClient>(), lifetime));
        return new DaprWorkflowBuilder(serviceCollection);

        DaprWorkflowClient CreateClient(IServiceProvider services)
        {
            var builder = new DaprWorkflowClientBuilder(services.GetService<IConfiguration>()).UseServiceProvider(services);
            configureClient?.Invoke(services, builder);
            return builder.Build();
        }
    }

    // Several calls add to one set of options, so that parts of an app can register their own workflows.
    private static WorkflowRuntimeOptions OptionsOf(IServiceCollection services)
    {
        if (services.FirstOrDefault(s => s.ServiceType == typeof(WorkflowRuntimeOptions))?.ImplementationInstance is WorkflowRuntimeOptions known)
        {
            return known;
        }

        var options = new WorkflowRuntimeOptions();
        services.AddSingleton(options);
        return options;
    }

    /// <summary>Configures what <see cref="AddDaprWorkflowBuilder"/> has added.</summary>
    public readonly struct DaprWorkflowBuilder
    {
        internal DaprWorkflowBuilder(IServiceCollection services) => Services = services;

        /// <summary>The app's services.</summary>
        public IServiceCollection Services { get; }

        /// <summary>Sets how payloads are written and read, by worker and client.</summary>
        /// <param name="serializer">The serializer.</param>
        public DaprWorkflowBuilder WithSerializer(IDaprSerializer serializer)
        {
            ArgumentNullException.ThrowIfNull(serializer);
            Services.Replace(ServiceDescriptor.Singleton(serializer));
            return this;
        }

        /// <summary>Sets the JSON options of payloads, for worker and client.</summary>
        /// <param name="options">The options.</param>
        public DaprWorkflowBuilder WithJsonSerializer(JsonSerializerOptions options)
        {
            ArgumentNullException.ThrowIfNull(options);
            return WithSerializer(new JsonDaprSerializer(options));
        }

        /// <summary>Limits the messages exchanged with the sidecar; there is no limit by default.</summary>
        /// <param name="maxReceiveMessageSize">Largest message received, in bytes; null is no limit.</param>
        /// <param name="maxSendMessageSize">Largest message sent, in bytes; null is no limit.</param>
        public DaprWorkflowBuilder WithGrpcMessageSizeLimits(int? maxReceiveMessageSize = null, int? maxSendMessageSize = null)
        {
            var options = OptionsOf(Services);
            options.MaxReceiveMessageSize = maxReceiveMessageSize;
            options.MaxSendMessageSize = maxSendMessageSize;
            return this;
        }
    }
}
