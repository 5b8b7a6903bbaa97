using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DaprShop.Sidecar.Tests.Instances;

/// <summary>
/// An app in a process of its own, which can be killed: <c>dotnet exec DaprShop.Sidecar.Tests.dll PORT FILE</c>. What it took is in the
/// file, written through, before it says so.
/// </summary>
internal static class InstanceApp
{
    public const string ActorType = "Waker";

    public static async Task Main(string[] arguments)
    {
        await using var taken = new FileStream(arguments[1], FileMode.Append, FileAccess.Write, FileShare.Read, 1, FileOptions.WriteThrough);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{arguments[0]}");
        await using var app = builder.Build();
        app.MapGet("/ping", () => Environment.ProcessId);
        app.MapGet("/dapr/subscribe", () => Results.Json(new[] { new { pubsubname = "pubsub", topic = "orders", route = "/orders" } }));
        app.MapGet("/dapr/config", () => Results.Json(new { entities = (string[])[ActorType] }));
        app.MapPost("/orders", (JsonElement message) => Take($"order {message.GetProperty("data").GetString()}"));
        app.MapPut("/actors/{type}/{id}/method/remind/{name}", (string id) => Take($"reminder {id}"));
        app.MapDelete("/actors/{type}/{id}", () => Results.Ok());
        await app.RunAsync();

        IResult Take(string what)
        {
            lock (taken)
            {
                taken.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{what}\n")));
            }

            return Results.Ok();
        }
    }
}
