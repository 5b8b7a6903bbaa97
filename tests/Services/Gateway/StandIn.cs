using System.Net.WebSockets;
using System.Text.Json;
using DaprShop.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace DaprShop.Services.Tests.Gateway;

/// <summary>What reached an app behind the gateway.</summary>
internal sealed record Heard(string Instance, string Method, string Path, string Query, Dictionary<string, string> Headers);

/// <summary>An app on a port that tells its caller what it heard, over HTTP or a WebSocket.</summary>
internal sealed class StandIn(WebApplication app) : IAsyncDisposable
{
    public static Task<StandIn> EchoAsync(int port, string instance = "one") => StartAsync(port, app =>
    {
        app.UseWebSockets();
        app.Run(async context =>
        {
            var heard = HeardIn(context, instance);
            if (!context.WebSockets.IsWebSocketRequest)
            {
                await context.Response.WriteAsJsonAsync(heard, ContractsJson.Options);
                return;
            }

            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(heard, ContractsJson.Options), WebSocketMessageType.Text, true, default);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        });
    });

    public static Task<StandIn> IdentityAsync(int port, TokenIssuer issuer) =>
        StartAsync(port, app => app.MapGet($"/{Tokens.KeySetPath}", () => Results.Json(issuer.KeySet, ContractsJson.Options)));

    public static async Task<StandIn> StartAsync(int port, Action<WebApplication> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        configure(app);
        await app.StartAsync();
        return new StandIn(app);
    }

    public string Address => app.Urls.Single();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static Heard HeardIn(HttpContext context, string instance) => new(
        instance,
        context.Request.Method,
        context.Request.Path,
        $"{context.Request.QueryString}",
        context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => $"{header.Value}"));
}
