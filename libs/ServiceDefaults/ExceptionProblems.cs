using System.Data.Common;
using System.Text.Json;
using Dapr;
using DaprShop.Contracts;
using DaprShop.Domain;
using Grpc.Core;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace DaprShop.ServiceDefaults;

/// <summary>What an exception that left a handler means to the caller. Nothing of an unknown one is shown.</summary>
internal sealed partial class ExceptionProblems(IProblemDetailsService problems, ILogger<ExceptionProblems> logger) : IExceptionHandler
{
    private const string RetryAfterSeconds = "2";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var problem = ProblemOf(exception);
        Log(context, exception, problem);
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
        }

        context.Response.StatusCode = problem.Status!.Value;
        if (!await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem }))
        {
            // The caller accepts no JSON; it gets the problem all the same.
            await context.Response.WriteAsJsonAsync(problem, problem.GetType(), ContractsJson.Options, "application/problem+json", cancellationToken);
        }

        return true;
    }

    private static ProblemDetails ProblemOf(Exception exception) => exception switch
    {
        InvalidInputException invalid => Invalid(Problems.Invalid, invalid.Message, invalid.Errors),
        DomainException { Field: { } field } wrong => Invalid(wrong.Code, wrong.Message, new Dictionary<string, string[]> { [field] = [wrong.Message] }),
        DomainException forbidden => Problem(StatusCodes.Status409Conflict, forbidden.Code, forbidden.Message),
        StateConflictException conflict => Problem(StatusCodes.Status409Conflict, Problems.Conflict, conflict.Message),
        BadHttpRequestException { InnerException: JsonException json } => BadJson(json),
        BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } bad => BadBinding(bad),
        BadHttpRequestException bad => new ProblemDetails { Status = bad.StatusCode },
        DependencyUnavailableException down =>
            Problem(StatusCodes.Status503ServiceUnavailable, Problems.DependencyUnavailable, $"{down.Dependency} is not available"),
        DaprException { InnerException: RpcException rpc } when IsTechnical(rpc) => SidecarDown(),
        RpcException rpc when IsTechnical(rpc) => SidecarDown(),
        _ when IsDatabaseDown(exception) =>
            Problem(StatusCodes.Status503ServiceUnavailable, Problems.DependencyUnavailable, "The database is not available"),
        _ => Problem(StatusCodes.Status500InternalServerError, Problems.InternalError, "The service failed; the operators can see why"),
    };

    // What a sidecar or its components answer when they fail; the other codes are mistakes of the caller, that is: of the service.
    private static bool IsTechnical(RpcException rpc) => rpc.StatusCode is
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Internal or StatusCode.Unknown or StatusCode.Aborted
        or StatusCode.ResourceExhausted or StatusCode.Cancelled;

    // Those who read and write through a library get the provider's exception inside of the library's.
    private static bool IsDatabaseDown(Exception? exception) =>
        exception is DbException { IsTransient: true } || (exception?.InnerException is { } inner && IsDatabaseDown(inner));

    private static ProblemDetails SidecarDown() =>
        Problem(StatusCodes.Status503ServiceUnavailable, Problems.DependencyUnavailable, "A building block of the service is not available");

    // The framework's words for a missing body are for the author of the handler.
    private static ProblemDetails BadBinding(BadHttpRequestException bad) => bad.Message.Contains("body", StringComparison.Ordinal)
        ? Invalid(Problems.Invalid, "The request needs a JSON body", new Dictionary<string, string[]> { ["body"] = ["is required"] })
        : Problem(StatusCodes.Status400BadRequest, Problems.Invalid, bad.Message);

    private static HttpValidationProblemDetails BadJson(JsonException json)
    {
        var field = json.Path is { Length: > 1 } path ? path.TrimStart('$').TrimStart('.') : "";
        var where = $"line {json.LineNumber + 1}, position {json.BytePositionInLine + 1}";
        return Invalid(Problems.Invalid, $"The JSON cannot be read at {where}", new Dictionary<string, string[]>
        {
            [field.Length > 0 ? field : "body"] = [$"cannot be read ({where})"],
        });
    }

    private static HttpValidationProblemDetails Invalid(string code, string detail, IDictionary<string, string[]> errors) =>
        new(errors) { Status = StatusCodes.Status400BadRequest, Type = Problems.TypeOf(code), Title = "Bad Request", Detail = detail };

    private static ProblemDetails Problem(int status, string code, string detail) =>
        new() { Status = status, Type = Problems.TypeOf(code), Detail = detail };

    private void Log(HttpContext context, Exception exception, ProblemDetails problem)
    {
        if (problem.Status == StatusCodes.Status500InternalServerError)
        {
            Failed(exception, context.Request.Method, context.Request.Path);
        }
        else if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            Unavailable(context.Request.Method, context.Request.Path, (exception.InnerException ?? exception).Message);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void Failed(Exception exception, string method, PathString path);

    [LoggerMessage(LogLevel.Warning, "{Method} {Path}: {Reason}")]
    private partial void Unavailable(string method, PathString path, string reason);
}
