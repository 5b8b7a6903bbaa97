using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DaprShop.Sidecar.Tests.Invocation;

/// <summary>An app that serves <see cref="CountingService"/> and nothing else.</summary>
internal sealed class CountingApp(WebApplication app) : IAsyncDisposable
{
    public int Port => new Uri(app.Urls.Single()).Port;

    public static async Task<CountingApp> StartAsync(CountingService.Seen seen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(seen);
        builder.WebHost.ConfigureKestrel(options => options.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http2));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGrpcService<CountingService>();
        await app.StartAsync();
        return new CountingApp(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
