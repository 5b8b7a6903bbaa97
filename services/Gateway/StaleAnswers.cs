using System.Globalization;
using System.Net;
using Microsoft.Extensions.Caching.Memory;
using Yarp.ReverseProxy.Transforms;

namespace DaprShop.Gateway;

/// <summary>
/// The last good answers of the catalogue. While its service is down they are given out, marked as old (RFC 9111: <c>Age</c>; RFC 7234:
/// <c>Warning: 110</c>), instead of a 503. Those least recently used make room for others.
/// </summary>
public sealed class StaleAnswers(TimeProvider time) : IDisposable
{
    /// <summary>All answers together, in bytes.</summary>
    public const long MaxSize = 16 * 1024 * 1024;

    /// <summary>A longer answer is not kept.</summary>
    public const int MaxAnswer = 256 * 1024;

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = MaxSize });

    /// <summary>Answers with what the service said last to the same request; false when that is not known.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext context)
    {
        if (PublicRoutes.Of(context) is not { StaleWhenDown: true } || !_answers.TryGetValue<Answer>(KeyOf(context.Request), out var answer))
        {
            return false;
        }

        var age = time.GetUtcNow() - answer!.At;
        var response = context.Response;
        response.Clear();
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
        response.Headers.Age = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        response.Headers.Warning = "110 - \"Response is Stale\"";
        response.Headers["X-Cache"] = "stale";
        await response.Body.WriteAsync(answer.Body, context.RequestAborted);
        return true;
    }

    /// <summary>Passes an answer on while it comes, and keeps a copy.</summary>
    public async ValueTask KeepAsync(ResponseTransformContext response)
    {
        var context = response.HttpContext;
        if (response.ProxyResponse is not { StatusCode: HttpStatusCode.OK } answer)
        {
            return;
        }

        response.SuppressResponseBody = true;
        var copy = new MemoryStream();
        var chunk = new byte[16 * 1024];
        await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        int length;
        try
        {
            while ((length = await body.ReadAsync(chunk, context.RequestAborted)) > 0)
            {
                await context.Response.Body.WriteAsync(chunk.AsMemory(0, length), context.RequestAborted);
                if (copy.Length <= MaxAnswer)
                {
                    copy.Write(chunk, 0, length);
                }
            }
        }
        catch (Exception brokenOff) when (brokenOff is IOException or HttpRequestException or OperationCanceledException)
        {
            // Whoever still listens must see that the answer is not whole.
            context.Abort();
            return;
        }

        if (copy.Length <= MaxAnswer)
        {
            var key = KeyOf(context.Request);
            _answers.Set(
                key,
                new Answer(copy.ToArray(), context.Response.ContentType, time.GetUtcNow()),
                new MemoryCacheEntryOptions { Size = copy.Length + (2 * key.Length), AbsoluteExpirationRelativeToNow = s_longest });
        }
    }

    public void Dispose() => _answers.Dispose();

    private static string KeyOf(HttpRequest request) => request.Path + request.QueryString;

    private sealed record Answer(byte[] Body, string? ContentType, DateTimeOffset At);
}
