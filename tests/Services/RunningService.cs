using System.Net.Http.Json;
using DaprShop.Contracts;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace DaprShop.Services.Tests;

/// <summary>A service as it runs in production, its Program.cs included, on a free port of its own.</summary>
internal sealed class RunningService(HttpClient http, IAsyncDisposable? factory) : IAsyncDisposable
{
    public HttpClient Http => http;

    public Uri Address => http.BaseAddress!;

    public static RunningService Start<TEntry>(int port, params (string Name, string Value)[] settings)
        where TEntry : class
    {
        var factory = new WebApplicationFactory<TEntry>().WithWebHostBuilder(builder =>
        {
            builder.UseEnvironment("Production");
            builder.UseUrls($"http://127.0.0.1:{port}");
            builder.UseSetting("Logging:LogLevel:Default", "Warning");
            foreach (var (name, value) in settings)
            {
                builder.UseSetting(name, value);
            }
        });
        factory.UseKestrel();
        factory.StartServer();
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(60) };

        // The tests speak as another service does, whose sidecar adds this header.
        http.DefaultRequestHeaders.Add("dapr-caller-app-id", "tests");
        return new RunningService(http, factory);
    }

    /// <summary>The same service, asked by somebody else: one of <see cref="Callers"/>.</summary>
    public RunningService As((string Name, string Value)[] caller)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = http.Timeout };
        foreach (var (name, value) in caller)
        {
            client.DefaultRequestHeaders.Add(name, value);
        }

        return new RunningService(client, null);
    }

    public async Task<T> GetAsync<T>(string path) => (await http.GetFromJsonAsync<T>(path, ContractsJson.Options))!;

    /// <summary>Posts and reads the answer, which must be a success.</summary>
    public async Task<T> PostAsync<T>(string path, object? body = null)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<T>(ContractsJson.Options))!;
    }

    /// <summary>Posts what must not succeed and reads the problem document.</summary>
    public async Task<Problem> RefusedAsync(string path, object? body = null)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body);
        Assert.False(response.IsSuccessStatusCode, $"{path} should have been refused");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = (await response.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!;
        return problem with { Status = (int)response.StatusCode, RetryAfter = response.Headers.RetryAfter?.Delta };
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: ContractsJson.Options);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return http.SendAsync(request);
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return factory?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}

internal sealed record Problem(string Type, string? Detail, int Status, Dictionary<string, string[]>? Errors, TimeSpan? RetryAfter)
{
    public string Code => Type[Problems.Prefix.Length..];
}
