using System.Net;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace DaprShop.Gateway;

/// <summary>What goes wrong between the gateway and a service is a problem document too, and tells nothing of the inside.</summary>
public sealed class ProxyProblems(RequestDelegate next, StaleAnswers stale)
{
    private const string ProblemJson = "application/problem+json";

    /// <summary>Sends the request on; what never got an answer becomes an old answer or 503, a body over the limit 413.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var failure = context.GetForwarderErrorFeature();
        if (failure?.Error is ForwarderError.RequestBodyClient)
        {
            context.Response.StatusCode = FaultOfClient(failure.Exception)?.StatusCode ?? StatusCodes.Status400BadRequest;
        }
        else if ((failure is not null || context.Items.ContainsKey(typeof(ProxyProblems))) && !await stale.TryAnswerAsync(context))
        {
            throw new DependencyUnavailableException(PublicRoutes.Of(context)?.App ?? AppIds.Gateway, failure?.Exception?.Message ?? "no answer of a service");
        }
    }

    /// <summary>
    /// Services answer every error with a problem document. An error that is none comes from the sidecar (ERR_DIRECT_INVOKE: the service is
    /// down, or may not be called) and is not shown. Neither is the failure of a service where an old answer may do.
    /// </summary>
    internal static ValueTask HideWhatIsNoAnswerAsync(ResponseTransformContext context)
    {
        if (context.ProxyResponse is { StatusCode: >= HttpStatusCode.BadRequest } answer
            && (answer.Content.Headers.ContentType?.MediaType != ProblemJson
                || (answer.StatusCode >= HttpStatusCode.InternalServerError && PublicRoutes.Of(context.HttpContext) is { StaleWhenDown: true })))
        {
            context.SuppressResponseBody = true;
            context.HttpContext.Response.Clear();
            context.HttpContext.Items[typeof(ProxyProblems)] = true;
        }

        return ValueTask.CompletedTask;
    }

    // Kestrel's refusal of the body, which comes wrapped in the failures of those who read it.
    private static BadHttpRequestException? FaultOfClient(Exception? failure) => failure switch
    {
        BadHttpRequestException fault => fault,
        AggregateException several => several.InnerExceptions.Select(FaultOfClient).FirstOrDefault(fault => fault is not null),
        { InnerException: { } inner } => FaultOfClient(inner),
        _ => null,
    };
}
