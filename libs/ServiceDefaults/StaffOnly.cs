using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.ServiceDefaults;

/// <summary>Keeps routes to those who work for the shop, and to other services, whatever the gateway let in.</summary>
public static class StaffOnly
{
    /// <summary>Others get a 403.</summary>
    public static TBuilder ForStaff<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.AddEndpointFilter(CheckAsync);

    private static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next) =>
        (await Caller.BindAsync(invocation.HttpContext)).MayOperate
            ? await next(invocation)
            : ShopResults.Forbidden("Only for those who work for the shop");
}
