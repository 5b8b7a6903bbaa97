using DaprShop.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DaprShop.ServiceDefaults;

/// <summary>Every answer that is not a success is a problem document (RFC 9457) with a stable <c>type</c>.</summary>
internal static class ProblemHandling
{
    private const long HeardOut = 16 * ServiceDefaultsExtensions.MaxRequestBody;

    public static void AddProblems(this IServiceCollection services)
    {
        // Bad JSON comes as an exception, so that the answer can say where it is bad.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddExceptionHandler<ExceptionProblems>();
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context => GiveType(context.ProblemDetails));
    }

    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(RefuseLargeBodies);
    }

    // A body with a length is refused before it means anything; one without is stopped by Kestrel's own limit. It is read to its end
    // all the same (within reason): Kestrel cuts the connection of a sender who is not heard out, and the sender may see that only.
    private static async Task RefuseLargeBodies(HttpContext context, RequestDelegate next)
    {
        if (context.Request.ContentLength is not { } length || length <= ServiceDefaultsExtensions.MaxRequestBody)
        {
            await next(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        if (length <= HeardOut)
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = HeardOut;
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        }
    }

    private static void GiveType(ProblemDetails problem)
    {
        if (problem.Type?.StartsWith(Problems.Prefix, StringComparison.Ordinal) == true)
        {
            return;
        }

        problem.Type = Problems.TypeOf(problem.Status switch
        {
            StatusCodes.Status401Unauthorized => Problems.Unauthorized,
            StatusCodes.Status403Forbidden => Problems.Forbidden,
            StatusCodes.Status404NotFound => Problems.NotFound,
            StatusCodes.Status409Conflict => Problems.Conflict,
            StatusCodes.Status413PayloadTooLarge or StatusCodes.Status431RequestHeaderFieldsTooLarge => Problems.TooLarge,
            StatusCodes.Status429TooManyRequests => Problems.TooManyRequests,
            StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout =>
                Problems.DependencyUnavailable,
            >= 500 => Problems.InternalError,
            _ => Problems.Invalid,
        });
    }
}
