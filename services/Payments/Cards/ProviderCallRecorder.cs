using System.Diagnostics;
using DaprShop.Contracts;

namespace DaprShop.Payments.Cards;

/// <summary>Notes each call that is really sent to the provider: what it was for and how it went, and nothing of what was in it.</summary>
internal sealed class ProviderCallRecorder(ProviderCalls calls, TimeProvider time) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (at, begun) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
        var operation = request.RequestUri?.AbsolutePath.EndsWith("/refunds", StringComparison.Ordinal) == true ? "refund" : "charge";
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            var status = (int)response.StatusCode;
            Note(status, status < 500 ? null : $"answered {status}");
            return response;
        }
        catch (OperationCanceledException)
        {
            Note(null, "no answer in time");
            throw;
        }
        catch (HttpRequestException failure)
        {
            Note(null, failure.HttpRequestError.ToString());
            throw;
        }

        void Note(int? status, string? failure) =>
            calls.Sent(new ProviderCall(at, operation, status, Math.Round(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, 1), failure));
    }
}
