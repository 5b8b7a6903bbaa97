using System.Globalization;
using System.Text;
using System.Text.Json;
using DaprShop.Sidecar.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>
/// Workflow management: POST …/{name}/start, GET …/{id}, POST …/{id}/raiseEvent/{event}, /terminate, /pause, /resume, /purge under
/// <c>/v1.0[-beta1|-alpha1]/workflows/{component}</c>. There is one engine, so the component's name says nothing.
/// </summary>
internal static class WorkflowHttp
{
    public static void MapWorkflows(this IEndpointRouteBuilder endpoints)
    {
        foreach (var version in (ReadOnlySpan<string>)["v1.0", "v1.0-beta1", "v1.0-alpha1"])
        {
            var workflows = endpoints.MapGroup($"/{version}/workflows/{{component}}");
            workflows.MapPost("/{name}/start", (RequestDelegate)StartAsync);
            workflows.MapGet("/{id}", (RequestDelegate)GetAsync);
            workflows.MapPost("/{id}/raiseEvent/{event}", (RequestDelegate)RaiseEventAsync);
            workflows.MapPost("/{id}/terminate", context => AcceptAsync(context, Of(context).TerminateAsync));
            workflows.MapPost("/{id}/pause", context => AcceptAsync(context, Of(context).PauseAsync));
            workflows.MapPost("/{id}/resume", context => AcceptAsync(context, Of(context).ResumeAsync));
            workflows.MapPost("/{id}/purge", context => AcceptAsync(context, Of(context).PurgeAsync));
        }
    }

    private static async Task StartAsync(HttpContext context)
    {
        var input = Encoding.UTF8.GetString(await context.ReadBodyAsync().ConfigureAwait(false));
        var instanceId = await Of(context)
            .StartAsync(context.RouteText("name"), context.Request.Query["instanceID"], input, startTime: null, context.RequestAborted)
            .ConfigureAwait(false);
        await WriteAsync(context, StatusCodes.Status202Accepted, writer => writer.WriteString("instanceID", instanceId)).ConfigureAwait(false);
    }

    private static Task GetAsync(HttpContext context)
    {
        var instance = Of(context).Get(context.RouteText("id"));
        return WriteAsync(context, StatusCodes.Status200OK, writer => Write(writer, instance));
    }

    private static async Task RaiseEventAsync(HttpContext context)
    {
        var input = Encoding.UTF8.GetString(await context.ReadBodyAsync().ConfigureAwait(false));
        await Of(context)
            .RaiseEventAsync(context.RouteText("id"), context.RouteText("event"), input, context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, StatusCodes.Status202Accepted, _ => { }).ConfigureAwait(false);
    }

    private static async Task AcceptAsync(HttpContext context, Func<string, CancellationToken, Task> operation)
    {
        await operation(context.RouteText("id"), context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, StatusCodes.Status202Accepted, _ => { }).ConfigureAwait(false);
    }

    private static WorkflowManagement Of(HttpContext context)
    {
        var sidecar = context.Sidecar();
        return new WorkflowManagement(
            context.Request.Query["appID"] is [{ Length: > 0 } appId] ? sidecar.Shared.Workflows.App(appId) : sidecar.Workflow);
    }

    private static void Write(Utf8JsonWriter writer, InstanceRecord instance)
    {
        writer.WriteString("instanceID", instance.InstanceId);
        writer.WriteString("workflowName", instance.Name);
        writer.WriteString("createdAt", Rfc3339(instance.Created));
        writer.WriteString("lastUpdatedAt", Rfc3339(instance.Updated));
        writer.WriteString("runtimeStatus", WorkflowManagement.Word(instance.Status));
        writer.WriteStartObject("properties");
        foreach (var (name, value) in WorkflowManagement.PropertiesOf(instance))
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    private static string Rfc3339(long nanoseconds)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(nanoseconds / 1_000_000_000);
        return string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-ddTHH:mm:ss}.{nanoseconds % 1_000_000_000:D9}Z");
    }

    private static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
