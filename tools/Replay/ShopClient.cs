using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DaprShop.Contracts;

namespace DaprShop.Replay;

/// <summary>
/// The shop as its customers reach it: the gateway's public API. Every write carries a key that makes it safe to repeat, so a
/// request that got no answer, or 429, 5xx, is repeated until the shop answers or patience ends.
/// </summary>
internal sealed class ShopClient(Uri gateway, TimeSpan patience) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false })
    {
        BaseAddress = gateway,
        Timeout = TimeSpan.FromSeconds(60),
    };

    private long _repeated;

    /// <summary>Requests that had to be repeated because the shop gave no usable answer.</summary>
    public long Repeated => Interlocked.Read(ref _repeated);

    public async Task<T> GetAsync<T>(string path, CancellationToken cancellation) =>
        (await FindAsync<T>(path, cancellation)) ?? throw new ShopException($"GET {path}: not found");

    /// <summary>Null for 404.</summary>
    public async Task<T?> FindAsync<T>(string path, CancellationToken cancellation)
    {
        using var answer = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return default;
        }

        await EnsureSuccessAsync(answer, cancellation);
        return await answer.Content.ReadFromJsonAsync<T>(ContractsJson.Options, cancellation);
    }

    /// <summary>Writes and expects success.</summary>
    public async Task WriteAsync<T>(HttpMethod method, string path, T body, CancellationToken cancellation)
    {
        using var answer = await SendAsync(() => Request(method, path, body, idempotencyKey: null), cancellation);
        await EnsureSuccessAsync(answer, cancellation);
    }

    /// <summary>Posts and gives the answer's status with its body, for callers that expect a refusal.</summary>
    public async Task<ShopAnswer> PostAsync<T>(string path, T body, string? idempotencyKey, CancellationToken cancellation)
    {
        using var answer = await SendAsync(() => Request(HttpMethod.Post, path, body, idempotencyKey), cancellation);
        return new ShopAnswer((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request<T>(HttpMethod method, string path, T body, string? idempotencyKey)
    {
        var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, options: ContractsJson.Options) };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellation)
    {
        var deadline = DateTime.UtcNow + patience;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            string failure;
            try
            {
                using var message = request();
                var answer = await _http.SendAsync(message, cancellation);
                if (answer.StatusCode is not HttpStatusCode.TooManyRequests && (int)answer.StatusCode < 500)
                {
                    return answer;
                }

                failure = $"{message.Method} {message.RequestUri}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}";
                answer.Dispose();
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
            {
                failure = e.Message;
            }

            if (DateTime.UtcNow > deadline)
            {
                throw new ShopException($"The shop did not answer for {patience.TotalSeconds:0} s: {failure}");
            }

            Interlocked.Increment(ref _repeated);
            await Task.Delay(pause, cancellation);
        }
    }

    private static async Task EnsureSuccessAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (!answer.IsSuccessStatusCode)
        {
            var request = answer.RequestMessage!;
            throw new ShopException(
                $"{request.Method} {request.RequestUri}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}");
        }
    }
}

/// <summary>An answer that the caller judges by its status.</summary>
internal sealed record ShopAnswer(int Status, string Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public T Read<T>() => JsonSerializer.Deserialize<T>(Body, ContractsJson.Options)!;
}

/// <summary>The shop could not be reached or answered what a working shop would not.</summary>
internal sealed class ShopException(string message) : Exception(message);
