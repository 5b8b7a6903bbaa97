using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.Invocation;

/// <summary>What an app of a test received, and how it answers: the statuses of a plan in turn, the last one for ever.</summary>
internal sealed class CallLog(params int[] plan)
{
    private readonly ConcurrentQueue<(string Request, string Body)> _calls = new();

    public int Count => _calls.Count;

    public IEnumerable<string> Requests => _calls.Select(call => call.Request);

    public IEnumerable<string> Bodies => _calls.Select(call => call.Body);

    public void Answer(WebApplication app) => app.Run(async context =>
    {
        // What the sidecar asks for itself is not a call.
        if (context.Request.Path.StartsWithSegments("/dapr", StringComparison.Ordinal))
        {
            context.Response.StatusCode = 404;
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var number = Record($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}", body);
        context.Response.StatusCode = plan.Length == 0 ? 200 : plan[Math.Min(number, plan.Length) - 1];
        await context.Response.WriteAsync($"call {number}");
    });

    private int Record(string request, string body)
    {
        lock (_calls)
        {
            _calls.Enqueue((request, body));
            return _calls.Count;
        }
    }
}
