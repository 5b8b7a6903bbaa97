using System.Runtime.InteropServices;
using System.Text.Json;
using DaprShop.Sidecar.Actors;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>/v1.0/actors/{type}/{id}: method calls, state, timers, reminders.</summary>
internal static class ActorsHttp
{
    private const string Actor = "/v1.0/actors/{type}/{id}";
    private const string BadBody = "failed deserializing HTTP body: ";
    private static readonly string[] AnyVerb = ["GET", "POST", "PUT", "DELETE"];
    private static readonly string[] PostOrPut = ["POST", "PUT"];

    public static void MapActors(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods($"{Actor}/method/{{**method}}", AnyVerb, (RequestDelegate)InvokeAsync);
        endpoints.MapGet($"{Actor}/state/{{key}}", (RequestDelegate)GetStateAsync);
        endpoints.MapMethods($"{Actor}/state", PostOrPut, (RequestDelegate)TransactStateAsync);
        endpoints.MapMethods($"{Actor}/reminders/{{name}}", PostOrPut, (RequestDelegate)SetReminderAsync);
        endpoints.MapGet($"{Actor}/reminders/{{name}}", (RequestDelegate)GetReminderAsync);
        endpoints.MapDelete($"{Actor}/reminders/{{name}}", (RequestDelegate)RemoveReminderAsync);
        endpoints.MapMethods($"{Actor}/timers/{{name}}", PostOrPut, (RequestDelegate)SetTimerAsync);
        endpoints.MapDelete($"{Actor}/timers/{{name}}", (RequestDelegate)RemoveTimerAsync);
    }

    private static async Task InvokeAsync(HttpContext context)
    {
        var (sidecar, actor) = (context.Sidecar(), ActorOf(context));
        var body = await context.ReadBodyAsync().ConfigureAwait(false);
        var path = InvocationPath.NormalizeUnescaped(actor.ToString(), context.RouteText("method"));
        var request = new InvocationRequest
        {
            Target = actor.Type,
            Verb = HttpMethods.Put,
            Path = $"{actor.Path}/method{path}{context.Request.QueryString}",
            Headers = context.Request.Headers,
            Body = InvocationBody.Of(body),
            TraceParent = sidecar.Tracing.IsOn ? context.TraceParent() : null,
        };
        using var response = await sidecar.Actors
            .InvokeAsync(new ActorCall(actor, request.Path, body, request), context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/json";
        await AppResponse.CopyAsync(response, context).ConfigureAwait(false);
    }

    private static async Task GetStateAsync(HttpContext context)
    {
        var response = context.Response;
        var value = context.Sidecar().Actors.GetStateAsync(ActorOf(context), context.RouteText("key"), context.RequestAborted);
        if (await value.ConfigureAwait(false) is not { } entry)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        response.ContentType = "application/json";
        response.ContentLength = entry.Value.Length;
        if (entry.TtlExpireTime is { } expires)
        {
            response.Headers["metadata.ttlExpireTime"] = expires;
        }

        await response.Body.WriteAsync(entry.Value, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task TransactStateAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context, JsonValueKind.Array, BadBody).ConfigureAwait(false);
        StateOperation[] operations = [.. body.RootElement.EnumerateArray().Select(OperationOf)];
        await context.Sidecar().Actors
            .TransactStateAsync(ActorOf(context), operations, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task SetReminderAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context, JsonValueKind.Object, BadBody).ConfigureAwait(false);
        var reminder = body.RootElement;
        var overwrite = !(reminder.TryGetProperty("overwrite", out var flag) && flag.ValueKind == JsonValueKind.False);
        await context.Sidecar().Actors.SetReminderAsync(
            ActorOf(context), RequestOf(context, reminder), FailurePolicyJson.Read(reminder), overwrite, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task GetReminderAsync(HttpContext context)
    {
        var reminder = context.Sidecar().Actors.GetReminder(ActorOf(context), context.RouteText("name"));
        context.Response.ContentType = "application/json";
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteString("actorID", reminder.Actor.Id);
        writer.WriteString("actorType", reminder.Actor.Type);
        writer.WriteData(reminder.Request.Data);
        writer.WriteString("dueTime", reminder.Request.DueTime);
        if (reminder.Period is { } period)
        {
            // As daprd's scheduler knows it: without the number of repetitions.
            writer.WriteString("period", $"@every {period.ToGo()}");
        }

        writer.WriteEndObject();
    }

    private static async Task RemoveReminderAsync(HttpContext context)
    {
        await context.Sidecar().Actors
            .RemoveReminderAsync(ActorOf(context), context.RouteText("name"), context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task SetTimerAsync(HttpContext context)
    {
        using var body = await JsonBody.ReadAsync(context, JsonValueKind.Object, BadBody).ConfigureAwait(false);
        context.Sidecar().Actors.SetTimer(ActorOf(context), RequestOf(context, body.RootElement));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task RemoveTimerAsync(HttpContext context)
    {
        context.Sidecar().Actors.RemoveTimer(ActorOf(context), context.RouteText("name"));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static ActorKey ActorOf(HttpContext context) => new(context.RouteText("type"), context.RouteText("id"));

    private static ActorTimerRequest RequestOf(HttpContext context, JsonElement body) => new(
        context.RouteText("name"),
        body.Text("dueTime"),
        body.Text("period"),
        body.Text("ttl"),
        body.Text("callback"),
        body.TryGetProperty("data", out var data) && data.ValueKind != JsonValueKind.Null ? JsonMarshal.GetRawUtf8Value(data).ToArray() : default);

    private static StateOperation OperationOf(JsonElement operation)
    {
        if (operation.ValueKind != JsonValueKind.Object
            || !operation.TryGetProperty("request", out var request) || request.ValueKind != JsonValueKind.Object)
        {
            throw ActorErrors.Malformed("an operation has no request");
        }

        return operation.Text("operation") switch
        {
            "upsert" => new StateUpsert(request.Text("key"), request.TryGetProperty("value", out var value)
                ? JsonValue.Rewrite(JsonMarshal.GetRawUtf8Value(value))
                : "null"u8.ToArray())
            {
                Metadata = request.TextMap("metadata"),
            },
            "delete" => new StateDelete(request.Text("key")),
            var name => throw ActorErrors.StateSave($"operation type {name} not supported"),
        };
    }
}
