using System.Net;
using System.Net.Http.Headers;
using Dapr.AppCallback.Autogen.Grpc.v1;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace DaprShop.Sidecar.Jobs;

/// <summary>Brings a job to its app: POST /job/{name}, or AppCallback.OnJobEvent when it speaks gRPC.</summary>
internal sealed partial class JobDelivery(Sidecar sidecar)
{
    private readonly ILogger _logger = sidecar.Shared.Loggers.CreateLogger("dapr.runtime.scheduler");

    /// <summary>
    /// Completes when the app has done the job, or has no such job, which trying again would not change. Throws
    /// <see cref="HttpRequestException"/> for any other answer.
    /// </summary>
    public Task DeliverAsync(Job job, CancellationToken cancellationToken) =>
        sidecar.App.SpeaksGrpc ? CallAsync(job, cancellationToken) : PostAsync(job, cancellationToken);

    private async Task PostAsync(Job job, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/job/{Uri.EscapeDataString(job.Name)}", UriKind.Relative));
        request.Content = new ReadOnlyMemoryContent(BodyOf(job.Data).Memory) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var span = sidecar.Tracing.StartRoot($"job/{job.Name}");
        if (span.Context.TraceParent is { Length: > 0 } traceParent)
        {
            request.Headers.TryAddWithoutValidation("traceparent", traceParent);
        }

        using var response = await sidecar.App.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            LogNotFound(sidecar.AppId, job.Name);
        }
        else if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"the app answered {(int)response.StatusCode}");
        }
    }

    private async Task CallAsync(Job job, CancellationToken cancellationToken)
    {
        var request = new JobEventRequest
        {
            Name = job.Name,
            Data = job.Data,
            Method = $"job/{job.Name}",
            ContentType = job.Data?.TypeUrl ?? "",
            HttpExtension = new HTTPExtension { Verb = HTTPExtension.Types.Verb.Post },
        };
        try
        {
            await sidecar.App.Callbacks.OnJobEventAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            LogNotFound(sidecar.AppId, job.Name);
        }
        catch (RpcException e)
        {
            throw new HttpRequestException($"the app answered {e.StatusCode}: {e.Status.Detail}", e);
        }
    }

    /// <summary>What came as JSON goes as JSON, anything else as its bytes.</summary>
    private static ByteString BodyOf(Any? data) => data is null ? ByteString.Empty
        : data.TryUnpack<Value>(out var json) ? ByteString.CopyFromUtf8(JsonFormatter.Default.Format(json))
        : data.Value;

    [LoggerMessage(LogLevel.Error, "{AppId}: the app does not know the job {Name}: it counts as done")]
    private partial void LogNotFound(string appId, string name);
}
