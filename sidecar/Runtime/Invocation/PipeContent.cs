using System.IO.Pipelines;
using System.Net;

namespace DaprShop.Sidecar.Invocation;

/// <summary>A request body that passes through while it is being received.</summary>
internal sealed class PipeContent(PipeReader reader, long? length) : HttpContent
{
    private Task _copying = Task.CompletedTask;
    private volatile bool _stopped;

    /// <summary>Ends the copying when the response is there before the whole request was read.</summary>
    public Task StopAsync()
    {
        if (_copying.IsCompleted)
        {
            return Task.CompletedTask;
        }

        _stopped = true;
        reader.CancelPendingRead();
        return _copying.ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _copying = CopyAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }

    private async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        for (var remaining = length ?? long.MaxValue; remaining > 0;)
        {
            var result = await reader.ReadAsync(cancellationToken);
            if (result.IsCanceled || _stopped)
            {
                throw new OperationCanceledException("the response came before the whole request was sent");
            }

            foreach (var segment in result.Buffer)
            {
                await stream.WriteAsync(segment, cancellationToken);
                remaining -= segment.Length;
            }

            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }

            // The caller may pause here: what it sent so far must reach the app.
            await stream.FlushAsync(cancellationToken);
        }
    }
}
