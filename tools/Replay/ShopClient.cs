using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using DaprShop.Contracts;

namespace DaprShop.Replay;

/// <summary>
/// The shop as the outside reaches it: the gateway's public API, with somebody of the staff signed in, who may act for any customer. Every write carries a key that makes it safe to repeat, so a
/// request that got no answer, or 429, 5xx, is repeated until the shop answers or patience ends.
/// </summary>
internal sealed class ShopClient(Uri gateway, LogIn staff, TimeSpan patience) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // A shop that has just started may not know its staff yet, and one who fails five times is locked out.
    private static readonly TimeSpan SignInPause = TimeSpan.FromSeconds(3);
    private const int SignInAttempts = 4;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false })
    {
        BaseAddress = gateway,
        Timeout = TimeSpan.FromSeconds(60),
    };

    private readonly SemaphoreSlim _signingIn = new(1, 1);
    private volatile string? _token;
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

    public void Dispose()
    {
        _http.Dispose();
        _signingIn.Dispose();
    }

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
        var token = await SignInAsync(expired: null, cancellation);
        var answer = await RepeatAsync(() => Signed(request(), token), cancellation);
        if (answer.StatusCode != HttpStatusCode.Unauthorized)
        {
            return answer;
        }

        answer.Dispose();
        token = await SignInAsync(expired: token, cancellation);
        return await RepeatAsync(() => Signed(request(), token), cancellation);
    }

    private static HttpRequestMessage Signed(HttpRequestMessage request, string token)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    /// <summary>The access token; a new one when that of the last log-in has expired.</summary>
    private async Task<string> SignInAsync(string? expired, CancellationToken cancellation)
    {
        if (_token is { } known && known != expired)
        {
            return known;
        }

        await _signingIn.WaitAsync(cancellation);
        try
        {
            for (var attempt = 1; _token is null || _token == expired; attempt++)
            {
                using var answer = await RepeatAsync(() => Request(HttpMethod.Post, "/api/sessions", staff, idempotencyKey: null), cancellation);
                if (answer.StatusCode != HttpStatusCode.Unauthorized || attempt == SignInAttempts)
                {
                    await EnsureSuccessAsync(answer, cancellation);
                    _token = (await answer.Content.ReadFromJsonAsync<SessionResponse>(ContractsJson.Options, cancellation))!.AccessToken;
                    break;
                }

                await Task.Delay(SignInPause * (1 << (attempt - 1)), cancellation);
            }

            return _token!;
        }
        finally
        {
            _signingIn.Release();
        }
    }

    private async Task<HttpResponseMessage> RepeatAsync(Func<HttpRequestMessage> request, CancellationToken cancellation)
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
