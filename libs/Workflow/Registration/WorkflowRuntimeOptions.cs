using Dapr.Workflow.Abstractions;
using Dapr.Workflow.Registration;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Workflow;

/// <summary>
/// Which workflows and activities an app runs, and how (Dapr Workflow API). Names are compared without regard to case; the first registration
/// of a name counts.
/// </summary>
public sealed class WorkflowRuntimeOptions
{
    private readonly Dictionary<string, Func<IServiceProvider, IWorkflow>> _workflows = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<IServiceProvider, IWorkflowActivity>> _activities = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How many turns of workflows may run at a time in this process; 100 by default, at least 1.</summary>
    public int MaxConcurrentWorkflows
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 100;

    /// <summary>How many activities may run at a time in this process; 100 by default, at least 1.</summary>
    public int MaxConcurrentActivities
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 100;

    /// <summary>Not the app's own clock, which may be one that stands still in a test.</summary>
    internal TimeProvider Time { get; set; } = TimeProvider.System;

    internal int? MaxReceiveMessageSize { get; set; }

    internal int? MaxSendMessageSize { get; set; }

    /// <summary>Registers a class as a workflow; its constructor's arguments come from the service container.</summary>
    /// <typeparam name="TWorkflow">The class.</typeparam>
    /// <param name="name">The name it is started by; null is the name of the class.</param>
    public void RegisterWorkflow<TWorkflow>(string? name = null) where TWorkflow : class, IWorkflow
    {
        var create = ActivatorUtilities.CreateFactory<TWorkflow>([]);
        _workflows.TryAdd(name ?? typeof(TWorkflow).Name, services => create(services, null));
    }

    /// <summary>Registers a function as a workflow.</summary>
    /// <typeparam name="TInput">The type of its input.</typeparam>
    /// <typeparam name="TOutput">The type of its result.</typeparam>
    /// <param name="name">The name it is started by.</param>
    /// <param name="implementation">The workflow's code.</param>
    public void RegisterWorkflow<TInput, TOutput>(string name, Func<WorkflowContext, TInput, Task<TOutput>> implementation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(implementation);
        var workflow = new FunctionWorkflow<TInput, TOutput>(implementation);
        _workflows.TryAdd(name, _ => workflow);
    }

    /// <summary>
    /// Registers a class as an activity; each call gets an own instance, whose constructor's arguments come from a scope of its own.
    /// </summary>
    /// <typeparam name="TActivity">The class.</typeparam>
    /// <param name="name">The name it is called by; null is the name of the class.</param>
    public void RegisterActivity<TActivity>(string? name = null) where TActivity : class, IWorkflowActivity
    {
        var create = ActivatorUtilities.CreateFactory<TActivity>([]);
        _activities.TryAdd(name ?? typeof(TActivity).Name, services => create(services, null));
    }

    /// <summary>Registers a function as an activity.</summary>
    /// <typeparam name="TInput">The type of its input.</typeparam>
    /// <typeparam name="TOutput">The type of its result.</typeparam>
    /// <param name="name">The name it is called by.</param>
    /// <param name="implementation">The activity's work.</param>
    public void RegisterActivity<TInput, TOutput>(string name, Func<WorkflowActivityContext, TInput, Task<TOutput>> implementation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(implementation);
        var activity = new FunctionActivity<TInput, TOutput>(implementation);
        _activities.TryAdd(name, _ => activity);
    }

    /// <summary>Sets the limits of the messages that worker and client exchange with the sidecar; the other options are not looked at.</summary>
    /// <param name="grpcChannelOptions">Where the two limits are taken from; null there is no limit.</param>
    public void UseGrpcChannelOptions(GrpcChannelOptions grpcChannelOptions)
    {
        ArgumentNullException.ThrowIfNull(grpcChannelOptions);
        MaxReceiveMessageSize = grpcChannelOptions.MaxReceiveMessageSize;
        MaxSendMessageSize = grpcChannelOptions.MaxSendMessageSize;
    }

    internal WorkflowRegistry ToRegistry() => new(_workflows, _activities);
}
