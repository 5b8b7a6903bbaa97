using System.Diagnostics;
using Dapr.Common.Serialization;
using Dapr.Workflow.Client;
using Dapr.Workflow.Protocol;
using Dapr.Workflow.Replay;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Dapr.Workflow;

/// <inheritdoc cref="IDaprWorkflowClient"/>
public sealed class DaprWorkflowClient : IDaprWorkflowClient
{
    private readonly TaskHubSidecarService.TaskHubSidecarServiceClient _sidecar;
    private readonly IDaprSerializer _serializer;
    private readonly TimeProvider _time;
    private readonly IDisposable? _ownedConnection;

    internal DaprWorkflowClient(
        TaskHubSidecarService.TaskHubSidecarServiceClient sidecar, IDaprSerializer serializer, TimeProvider time, IDisposable? ownedConnection = null)
    {
        _sidecar = sidecar;
        _serializer = serializer;
        _time = time;
        _ownedConnection = ownedConnection;
    }

    /// <inheritdoc/>
    public Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId = null, object? input = null) =>
        StartAsync(name, input, new StartWorkflowOptions { InstanceId = instanceId }, CancellationToken.None);

    /// <inheritdoc/>
    public Task<string> ScheduleNewWorkflowAsync(string name, string? instanceId, object? input, DateTime? startTime) =>
        StartAsync(name, input, new StartWorkflowOptions { InstanceId = instanceId, StartAt = startTime }, CancellationToken.None);

    /// <inheritdoc/>
    public Task<string> ScheduleNewWorkflowAsync(
        string name, string? instanceId, object? input, DateTimeOffset? startTime, CancellationToken cancellation = default) =>
        StartAsync(name, input, new StartWorkflowOptions { InstanceId = instanceId, StartAt = startTime }, cancellation);

    /// <inheritdoc/>
    public async Task<WorkflowState> GetWorkflowStateAsync(
        string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        var request = new GetInstanceRequest { InstanceId = instanceId, GetInputsAndOutputs = getInputsAndOutputs };
        return new WorkflowState(await CallAsync(token => _sidecar.GetInstanceAsync(request, cancellationToken: token), cancellation), _serializer);
    }

    /// <inheritdoc/>
    public async Task<WorkflowState> WaitForWorkflowStartAsync(
        string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        var request = new GetInstanceRequest { InstanceId = instanceId, GetInputsAndOutputs = getInputsAndOutputs };
        return Existing(
            instanceId, await WaitAsync(token => _sidecar.WaitForInstanceStartAsync(request, cancellationToken: token), cancellation));
    }

    /// <inheritdoc/>
    public async Task<WorkflowState> WaitForWorkflowCompletionAsync(
        string instanceId, bool getInputsAndOutputs = true, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        var request = new GetInstanceRequest { InstanceId = instanceId };
        var ended = Existing(
            instanceId, await WaitAsync(token => _sidecar.WaitForInstanceCompletionAsync(request, cancellationToken: token), cancellation));
        return getInputsAndOutputs ? await GetWorkflowStateAsync(instanceId, getInputsAndOutputs: true, cancellation) : ended;
    }

    /// <inheritdoc/>
    public async Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        ArgumentException.ThrowIfNullOrWhiteSpace(eventName);
        var request = new RaiseEventRequest { InstanceId = instanceId, Name = eventName, Input = _serializer.ToPayload(eventPayload) };
        await CallAsync(token => _sidecar.RaiseEventAsync(request, cancellationToken: token), cancellation);
    }

    /// <inheritdoc/>
    public async Task TerminateWorkflowAsync(string instanceId, object? output = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        var request = new TerminateRequest { InstanceId = instanceId, Output = _serializer.ToPayload(output), Recursive = true };
        await CallAsync(token => _sidecar.TerminateInstanceAsync(request, cancellationToken: token), cancellation);
    }

    /// <inheritdoc/>
    public async Task SuspendWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        var request = new SuspendRequest { InstanceId = instanceId, Reason = reason };
        await CallAsync(token => _sidecar.SuspendInstanceAsync(request, cancellationToken: token), cancellation);
    }

    /// <inheritdoc/>
    public async Task ResumeWorkflowAsync(string instanceId, string? reason = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        var request = new ResumeRequest { InstanceId = instanceId, Reason = reason };
        await CallAsync(token => _sidecar.ResumeInstanceAsync(request, cancellationToken: token), cancellation);
    }

    /// <inheritdoc/>
    public async Task<bool> PurgeInstanceAsync(string instanceId, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        var request = new PurgeInstancesRequest { InstanceId = instanceId, Recursive = true };
        return (await CallAsync(token => _sidecar.PurgeInstancesAsync(request, cancellationToken: token), cancellation)).DeletedInstanceCount > 0;
    }

    /// <inheritdoc/>
    public async Task<WorkflowInstancePage> ListInstanceIdsAsync(
        string? continuationToken = null, int? pageSize = null, CancellationToken cancellation = default)
    {
        var request = new ListInstanceIDsRequest();
        if (continuationToken is not null)
        {
            request.ContinuationToken = continuationToken;
        }

        if (pageSize is { } size)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, nameof(pageSize));
            request.PageSize = (uint)size;
        }

        var page = await CallAsync(token => _sidecar.ListInstanceIDsAsync(request, cancellationToken: token), cancellation);
        return new WorkflowInstancePage([.. page.InstanceIds], page.HasContinuationToken ? page.ContinuationToken : null);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<WorkflowHistoryEvent>> GetInstanceHistoryAsync(string instanceId, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instanceId);
        var request = new GetInstanceHistoryRequest { InstanceId = instanceId };
        var history = await CallAsync(token => _sidecar.GetInstanceHistoryAsync(request, cancellationToken: token), cancellation);
        return [.. history.Events.Select(e => e.ToPublic())];
    }

    /// <inheritdoc/>
    public async Task<string> RerunWorkflowFromEventAsync(
        string sourceInstanceId, uint eventId, RerunWorkflowFromEventOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(sourceInstanceId);
        var request = new RerunWorkflowFromEventRequest { SourceInstanceID = sourceInstanceId, EventID = eventId };
        if (options?.NewInstanceId is { } newInstanceId)
        {
            request.NewInstanceID = newInstanceId;
        }

        if (options is { OverwriteInput: true })
        {
            request.OverwriteInput = true;
            request.Input = _serializer.ToPayload(options.Input);
        }

        return (await CallAsync(token => _sidecar.RerunWorkflowFromEventAsync(request, cancellationToken: token), cancellation)).NewInstanceID;
    }

    /// <inheritdoc/>
    public void Dispose() => _ownedConnection?.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> StartAsync(string name, object? input, StartWorkflowOptions options, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var request = new CreateInstanceRequest
        {
            Name = name,
            InstanceId = string.IsNullOrEmpty(options.InstanceId) ? Guid.NewGuid().ToString() : options.InstanceId,
            Input = _serializer.ToPayload(input),
            ScheduledStartTimestamp = options.StartAt is { } startAt ? Timestamp.FromDateTimeOffset(startAt) : null,
        };
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } traceParent } current)
        {
            request.ParentTraceContext = new TraceContext { TraceParent = traceParent, TraceState = current.TraceStateString };
        }

        return (await CallAsync(token => _sidecar.StartInstanceAsync(request, cancellationToken: token), cancellation)).InstanceId;
    }

    private WorkflowState Existing(string instanceId, GetInstanceResponse response) => response.Exists
        ? new WorkflowState(response, _serializer)
        : throw new InvalidOperationException($"Workflow instance '{instanceId}' does not exist");

    // Waits are long: a sidecar that restarts or a balancer's time limit must not end them.
    private async Task<GetInstanceResponse> WaitAsync(
        Func<CancellationToken, AsyncUnaryCall<GetInstanceResponse>> call, CancellationToken cancellation)
    {
        var longest = TimeSpan.FromSeconds(15);
        for (var delay = TimeSpan.FromMilliseconds(50); ; delay = delay * 2 < longest ? delay * 2 : longest)
        {
            try
            {
                return await CallAsync(call, cancellation);
            }
            catch (RpcException exception) when (exception.StatusCode is StatusCode.DeadlineExceeded or StatusCode.Unavailable)
            {
                await Task.Delay(delay, _time, cancellation);
            }
        }
    }

    private static async Task<TResponse> CallAsync<TResponse>(
        Func<CancellationToken, AsyncUnaryCall<TResponse>> call, CancellationToken cancellation)
    {
        try
        {
            return await call(cancellation);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Cancelled && cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellation);
        }
    }
}
