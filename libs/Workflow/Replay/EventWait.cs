using Dapr.Common.Serialization;

namespace Dapr.Workflow.Replay;

/// <summary>A place where the code waits for an external event.</summary>
internal abstract class EventWait
{
    /// <summary>Neither delivered nor cancelled.</summary>
    public abstract bool IsOpen { get; }

    public abstract void Deliver(string? payload);

    public abstract void Cancel(CancellationToken cancellationToken = default);
}

/// <inheritdoc/>
internal sealed class EventWait<T>(IDaprSerializer serializer) : EventWait
{
    // Continuations run inline, on the thread of the turn: that is what makes replay deterministic.
    private readonly TaskCompletionSource<T> _completion = new();

    public Task<T> Task => _completion.Task;

    public override bool IsOpen => !Task.IsCompleted;

    public override void Deliver(string? payload) => _completion.SetFromPayload(serializer, payload);

    public override void Cancel(CancellationToken cancellationToken = default) => _completion.TrySetCanceled(cancellationToken);
}
