using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DaprShop.Benchmarks.Roles;

/// <summary>An app that answers a kilobyte and counts the events it is given.</summary>
internal static class AppRole
{
    public const string Name = "app";

    public static async Task<(RoleProcess Process, int Port)> StartAsync()
    {
        var process = await RoleProcess.StartAsync(Name);
        return (process, int.Parse(process.Answer, CultureInfo.InvariantCulture));
    }

    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        var kilobyte = new byte[1024];
        Array.Fill(kilobyte, (byte)'x');
        var events = 0;
        app.MapGet("/kilobyte", () => Results.Bytes(kilobyte, "text/plain"));
        app.MapGet("/events", () => Results.Text(Volatile.Read(ref events).ToString(CultureInfo.InvariantCulture)));
        app.MapPost("/events", async (HttpRequest request) =>
        {
            await request.Body.CopyToAsync(Stream.Null);
            Interlocked.Increment(ref events);
        });
        await app.StartAsync();
        await RoleProcess.ServeAsync(new Uri(app.Urls.Single()).Port.ToString(CultureInfo.InvariantCulture));
    }
}
