using DaprShop.Sidecar.Invocation;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Http;

/// <summary>Passes an app's response on while it arrives.</summary>
internal static class AppResponse
{
    private const int BlockSize = 32 * 1024;

    /// <summary>
    /// Copies status, headers, body and trailers. What has arrived is sent as soon as the app pauses, so that events and the
    /// beginning of a long answer are not held back.
    /// </summary>
    public static async Task CopyAsync(HttpResponseMessage from, HttpContext context)
    {
        var to = context.Response;
        to.StatusCode = (int)from.StatusCode;
        InvocationHeaders.CopyBack(from, to.Headers);
        await CopyBodyAsync(from.Content, to, context.RequestAborted);
        if (from.TrailingHeaders.NonValidated.Count > 0 && to.SupportsTrailers())
        {
            foreach (var (name, values) in from.TrailingHeaders.NonValidated)
            {
                to.AppendTrailer(name, values.ToArray());
            }
        }
    }

    private static async Task CopyBodyAsync(HttpContent content, HttpResponse to, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength is 0 || HttpMethods.IsHead(to.HttpContext.Request.Method))
        {
            return;
        }

        var stream = await content.ReadAsStreamAsync(cancellationToken);
        var remaining = content.Headers.ContentLength ?? long.MaxValue;
        var blockSize = 0;
        var unsent = 0;
        while (remaining > 0)
        {
            // An empty read completes when there is something to read; no buffer is held meanwhile.
            var ready = stream.ReadAsync(Memory<byte>.Empty, cancellationToken);
            if (!ready.IsCompleted || unsent >= BlockSize)
            {
                await to.BodyWriter.FlushAsync(cancellationToken);
                unsent = 0;
            }

            await ready;
            var memory = to.BodyWriter.GetMemory(blockSize);
            var read = await stream.ReadAsync(memory, cancellationToken);
            if (read == 0)
            {
                break;
            }

            to.BodyWriter.Advance(read);
            unsent += read;
            remaining -= read;
            // Most answers are small; only one that goes on is worth a large buffer.
            blockSize = remaining > BlockSize ? BlockSize : 0;
        }

        // Kestrel sends the rest of an answer with its headers, but not after them.
        if (unsent > 0 && to.HasStarted)
        {
            await to.BodyWriter.FlushAsync(cancellationToken);
        }
    }
}
