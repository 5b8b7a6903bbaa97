using DaprShop.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.ServiceDefaults;

/// <summary>The answers that are not a success, as handlers return them.</summary>
public static class ShopResults
{
    /// <summary>404: there is no such thing.</summary>
    public static ProblemHttpResult NotFound(string detail) => Problem(StatusCodes.Status404NotFound, Problems.NotFound, detail);

    /// <summary>401: who asks has not shown who that is.</summary>
    public static ProblemHttpResult Unauthorized(string detail) => Problem(StatusCodes.Status401Unauthorized, Problems.Unauthorized, detail);

    /// <summary>403: known, and not allowed to.</summary>
    public static ProblemHttpResult Forbidden(string detail, string code = Problems.Forbidden) => Problem(StatusCodes.Status403Forbidden, code, detail);

    /// <summary>429: the handler says when to come back (Retry-After).</summary>
    public static ProblemHttpResult TooManyRequests(string detail) => Problem(StatusCodes.Status429TooManyRequests, Problems.TooManyRequests, detail);

    /// <summary>409: the state of things forbids it.</summary>
    public static ProblemHttpResult Conflict(string code, string detail) => Problem(StatusCodes.Status409Conflict, code, detail);

    /// <summary>422: understood, and the business says no. Asking again gives the same answer.</summary>
    public static ProblemHttpResult Refused(string code, string detail) => Problem(StatusCodes.Status422UnprocessableEntity, code, detail);

    private static ProblemHttpResult Problem(int status, string code, string detail) =>
        TypedResults.Problem(detail, statusCode: status, type: Problems.TypeOf(code));
}
