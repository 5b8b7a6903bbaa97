using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Jobs;
using DaprShop.Sidecar.State;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DaprShop.Sidecar.Http;

/// <summary>/v1.0-alpha1/jobs/{name} and /v1.0/jobs/{name}: a job in the protocol's JSON form, its data any JSON.</summary>
internal static class JobsHttp
{
    private static readonly string[] Versions = ["/v1.0-alpha1", "/v1.0"];
    private static readonly string[] PostOrPut = ["POST", "PUT"];
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(
        TypeRegistry.FromFiles(StructReflection.Descriptor, WrappersReflection.Descriptor)));

    public static void MapJobs(this IEndpointRouteBuilder endpoints)
    {
        foreach (var version in Versions)
        {
            endpoints.MapMethods($"{version}/jobs/{{name}}", PostOrPut, (RequestDelegate)ScheduleAsync);
            endpoints.MapGet($"{version}/jobs/{{name}}", (RequestDelegate)GetAsync);
            endpoints.MapDelete($"{version}/jobs/{{name}}", (RequestDelegate)DeleteAsync);
        }
    }

    private static async Task ScheduleAsync(HttpContext context)
    {
        var jobs = context.Sidecar().Jobs;
        using var body = await JsonBody.ReadAsync(context, JsonValueKind.Object).ConfigureAwait(false);
        if (body.RootElement.TryGetProperty("name", out _))
        {
            throw JobErrors.NameInBody(jobs.AppId);
        }

        var job = JobOf(body.RootElement);
        job.Name = context.RouteText("name");
        var overwrite = body.RootElement.TryGetProperty("overwrite", out var flag) && flag.ValueKind == JsonValueKind.True;
        await jobs.ScheduleAsync(job, overwrite, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task GetAsync(HttpContext context)
    {
        var job = context.Sidecar().Jobs.Get(context.RouteText("name"));
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(TextOf(job), Encoding.UTF8, context.RequestAborted);
    }

    private static async Task DeleteAsync(HttpContext context)
    {
        await context.Sidecar().Jobs.DeleteAsync(context.RouteText("name"), context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Job JobOf(JsonElement body)
    {
        foreach (var text in (string[])["schedule", "dueTime", "ttl"])
        {
            // The parser below does not say which field is wrong.
            _ = body.Text(text);
        }

        // Data is any JSON here, which the protocol's own JSON form takes for a message that names its type.
        var rest = JsonObject.Create(body)!;
        rest.Remove("data");
        rest.Remove("overwrite");
        try
        {
            var job = Parser.Parse<Job>(rest.ToJsonString());
            job.Data = body.TryGetProperty("data", out var data) && data.ValueKind != JsonValueKind.Null
                ? Any.Pack(Value.Parser.ParseJson(data.GetRawText()))
                : null;
            return job;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException)
        {
            throw StateErrors.Malformed($"failed deserializing HTTP body: {e.Message}");
        }
    }

    private static string TextOf(Job job)
    {
        try
        {
            return Formatter.Format(job);
        }
        catch (InvalidOperationException)
        {
            // A message of the app's own, which came by gRPC: JSON has its bytes only.
            var opaque = job.Clone();
            opaque.Data = Any.Pack(new BytesValue { Value = job.Data.Value });
            return Formatter.Format(opaque);
        }
    }
}
