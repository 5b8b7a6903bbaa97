using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DaprShop.Contracts;

namespace DaprShop.ServiceDefaults;

/// <summary>
/// Another service, called through the sidecars (Dapr service invocation). A call ends in one of three ways: an <see cref="Answer{T}"/> with the
/// value or without (404), an answer with the other's business refusal, or a <see cref="DependencyUnavailableException"/>: nobody knows
/// whether the other did it, so ask again with the same idempotency key.
/// </summary>
public sealed class ServiceClient(string appId, HttpClient http)
{
    /// <summary>Reads a resource; null when there is none (404).</summary>
    /// <exception cref="DependencyUnavailableException">The service gave no usable answer.</exception>
    public async Task<T?> FindAsync<T>(string path, CancellationToken cancellationToken = default)
    {
        var answer = await SendAsync<T>(HttpMethod.Get, path, null, cancellationToken);
        return answer.Refusal is { } refusal ? throw Unusable($"{refusal.Code}: {refusal.Detail}") : answer.Value;
    }

    /// <summary>POST with a JSON body, or with none.</summary>
    /// <exception cref="DependencyUnavailableException">The service gave no usable answer.</exception>
    public Task<Answer<T>> PostAsync<T>(string path, object? body = null, CancellationToken cancellationToken = default) =>
        SendAsync<T>(HttpMethod.Post, path, body, cancellationToken);

    /// <summary>DELETE; 404 is an answer without a value.</summary>
    /// <exception cref="DependencyUnavailableException">The service gave no usable answer.</exception>
    public Task<Answer<T>> DeleteAsync<T>(string path, CancellationToken cancellationToken = default) =>
        SendAsync<T>(HttpMethod.Delete, path, null, cancellationToken);

    private async Task<Answer<T>> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            request.Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: ContractsJson.Options);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return await ReadAsync<T>(response, cancellationToken);
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or IOException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new DependencyUnavailableException(appId, $"{method} {path}: {failure.Message}", failure);
        }
    }

    private async Task<Answer<T>> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            var value = response.StatusCode == HttpStatusCode.NoContent
                ? default
                : await response.Content.ReadFromJsonAsync<T>(ContractsJson.Options, cancellationToken);
            return new Answer<T>(true, value, null);
        }

        var problem = await ReadProblemAsync(response, cancellationToken);
        var code = problem?.Type?.StartsWith(Problems.Prefix, StringComparison.Ordinal) == true ? problem.Type[Problems.Prefix.Length..] : null;
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound when code is not null => new Answer<T>(false, default, null),

            // 400 and 409 are as final as 422, but for a lost race ("conflict"), which a retry wins.
            HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity when code is not null and not Problems.Conflict =>
                new Answer<T>(true, default, new Refusal(code, problem!.Detail ?? code)),
            _ => throw Unusable($"{(int)response.StatusCode} {problem?.Detail}"),
        };
    }

    // Whatever stands between may answer too: a sidecar's error is JSON of another shape, a proxy's is no JSON at all.
    private static async Task<ProblemBody?> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? await response.Content.ReadFromJsonAsync<ProblemBody>(ContractsJson.Options, cancellationToken)
            : null;

    private DependencyUnavailableException Unusable(string what) => new(appId, what);

    private sealed record ProblemBody(string? Type, string? Detail);
}

/// <summary>What another service answered: the value, nothing (not <see cref="Found"/>), or its refusal.</summary>
public sealed record Answer<T>(bool Found, T? Value, Refusal? Refusal);

/// <summary>A business refusal: a stable code of <see cref="Problems"/> and words for a human.</summary>
public sealed record Refusal(string Code, string Detail);

/// <summary>A technical failure of something the service needs; answered with 503 and Retry-After.</summary>
public sealed class DependencyUnavailableException(string dependency, string message, Exception? inner = null)
    : Exception($"{dependency}: {message}", inner)
{
    /// <summary>App id or name of what failed.</summary>
    public string Dependency => dependency;
}
