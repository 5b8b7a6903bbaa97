using DaprShop.Contracts;
using Microsoft.AspNetCore.Http;

namespace DaprShop.ServiceDefaults;

/// <summary>
/// Who asks: another service of the shop, or a user whom the gateway let in. Take it as a parameter of a handler. The sidecar says which app
/// a call comes from (<c>dapr-caller-app-id</c>, Dapr service invocation), so no client can pose as a service.
/// </summary>
public sealed record Caller(string? UserId, bool IsService, bool IsStaff)
{
    /// <summary>The signed-in user's id, as the gateway passes it on.</summary>
    public const string UserIdHeader = "X-User-Id";

    /// <summary>The signed-in user's roles, separated by commas.</summary>
    public const string RolesHeader = "X-User-Roles";

    /// <summary>The role of those who work for the shop.</summary>
    public const string Staff = "staff";

    /// <summary>The shop itself.</summary>
    public static Caller Service { get; } = new(null, IsService: true, IsStaff: false);

    private const string CallerAppHeader = "dapr-caller-app-id";

    /// <summary>Whether what belongs to this customer may be shown to, and changed by, the caller.</summary>
    public bool MayActFor(string? customerId) => IsService || IsStaff || (UserId is not null && UserId == customerId);

    /// <summary>Whether the caller may do what only those who work for the shop may.</summary>
    public bool MayOperate => IsService || IsStaff;

    /// <summary>Binds the parameter of a minimal API's handler.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context)
    {
        var headers = context.Request.Headers;
        var isService = headers[CallerAppHeader] is [{ Length: > 0 } app] && app != AppIds.Gateway;
        var userId = headers[UserIdHeader] is [{ Length: > 0 } id] ? id : null;
        var roles = headers[RolesHeader].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return ValueTask.FromResult(new Caller(userId, isService, userId is not null && roles.Contains(Staff)));
    }
}
