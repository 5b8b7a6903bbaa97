using System.Text.Json;
using Dapr.Common;
using Dapr.Common.Serialization;
using Dapr.Workflow.Sidecar;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Workflow.Registration;

/// <summary>Builds a <see cref="DaprWorkflowClient"/> (Dapr Workflow API), for use without a service container too.</summary>
/// <param name="configuration">Where the sidecar's address and token are looked up before the environment.</param>
public sealed class DaprWorkflowClientBuilder(IConfiguration? configuration = null)
    : DaprGenericClientBuilder<DaprWorkflowClient>(configuration)
{
    private Func<IServiceProvider, IDaprSerializer>? _createSerializer;
    private IDaprSerializer? _serializer;
    private readonly IConfiguration? _configuration = configuration;
    private IServiceProvider? _services;
    private Uri? _endpoint;
    private string? _token;

    /// <summary>Sets how payloads are written and read.</summary>
    /// <param name="serializer">The serializer.</param>
    public DaprWorkflowClientBuilder UseSerializer(IDaprSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        _serializer = serializer;
        return this;
    }

    /// <summary>Sets how payloads are written and read.</summary>
    /// <param name="serializerFactory">Makes the serializer; called only when the client comes from a service container.</param>
    public DaprWorkflowClientBuilder UseSerializer(Func<IServiceProvider, IDaprSerializer> serializerFactory)
    {
        ArgumentNullException.ThrowIfNull(serializerFactory);
        _createSerializer = serializerFactory;
        return this;
    }

    /// <summary>Sets the JSON options of payloads.</summary>
    /// <param name="jsonOptions">The options.</param>
    public DaprWorkflowClientBuilder UseJsonSerializer(JsonSerializerOptions jsonOptions)
    {
        ArgumentNullException.ThrowIfNull(jsonOptions);
        return UseSerializer(new JsonDaprSerializer(jsonOptions));
    }

    // The base class keeps what it was told to itself, so these two remember it as well.

    /// <summary>Sets the address of the sidecar's gRPC API; of no effect on a client that comes from a service container.</summary>
    /// <param name="grpcEndpoint">An absolute URI.</param>
    public new DaprWorkflowClientBuilder UseGrpcEndpoint(string grpcEndpoint)
    {
        base.UseGrpcEndpoint(grpcEndpoint);
        _endpoint = new Uri(grpcEndpoint);
        return this;
    }

    /// <summary>Sets the token that the sidecar asks for; of no effect on a client that comes from a service container.</summary>
    /// <param name="apiToken">The token.</param>
    public new DaprWorkflowClientBuilder UseDaprApiToken(string apiToken)
    {
        base.UseDaprApiToken(apiToken);
        _token = apiToken;
        return this;
    }

    internal DaprWorkflowClientBuilder UseServiceProvider(IServiceProvider services)
    {
        _services = services;
        return this;
    }

    /// <summary>Builds the client. Without a service container it owns its connection and closes it when it is disposed.</summary>
    public override DaprWorkflowClient Build()
    {
        var shared = _services?.GetService<SidecarConnection>();
        var connection = shared ?? new SidecarConnection(
            _endpoint ?? SidecarAddress.Find(_configuration), new WorkflowRuntimeOptions(), _token ?? SidecarAddress.FindToken(_configuration));
        var serializer = _serializer
            ?? (_services is null ? null : _createSerializer?.Invoke(_services) ?? _services.GetService<IDaprSerializer>())
            ?? new JsonDaprSerializer();
        var time = _services?.GetService<WorkflowRuntimeOptions>()?.Time ?? TimeProvider.System;
        return new DaprWorkflowClient(connection.Client, serializer, time, shared is null ? connection : null);
    }
}
