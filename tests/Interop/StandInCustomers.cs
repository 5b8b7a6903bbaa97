using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DaprShop.Interop.Tests;

/// <summary>An app in the place of the customers service: it knows Ann, and can be made to fail.</summary>
internal sealed class StandInCustomers : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StandInCustomers()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{Port}");
        _app = builder.Build();
        _app.MapGet("/customers/{id}", Find);
        _app.Start();
    }

    public int Port { get; } = FreePorts.Next();

    public bool IsDown { get; set; }

    /// <summary>Completes when somebody has been looked up.</summary>
    public Task AskedAsync() => _asked.Task;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Find(string id)
    {
        _asked.TrySetResult();
        return IsDown ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable)
            : id == "ann" ? Results.Ok(new { id, name = "Ann", email = "ann@example.org" })
            : Results.NotFound();
    }
}
