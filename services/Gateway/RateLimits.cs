using System.Globalization;
using System.Threading.RateLimiting;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.RateLimiting;

namespace DaprShop.Gateway;

/// <summary>
/// Requests a minute, of one user or, where nobody is signed in, of one address; the section <c>RateLimits</c> of the configuration
/// overrides them by name. Staff is not limited.
/// </summary>
public static class RateLimits
{
    public const string UsersRead = nameof(UsersRead);
    public const string UsersWrite = nameof(UsersWrite);
    public const string OrdersRead = nameof(OrdersRead);
    public const string OrdersWrite = nameof(OrdersWrite);
    public const string Products = nameof(Products);
    public const string Product = nameof(Product);

    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    private static readonly (string Name, int Permits)[] s_limits =
    [
        (UsersRead, 100), (UsersWrite, 20), (OrdersRead, 50), (OrdersWrite, 10), (Products, 200), (Product, 500),
    ];

    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        var configured = builder.Configuration.GetSection(nameof(RateLimits));
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (rejected, _) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : s_window;
                rejected.HttpContext.Response.Headers.RetryAfter =
                    Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                return ValueTask.CompletedTask;
            };
            foreach (var (name, permits) in s_limits)
            {
                var window = new FixedWindowRateLimiterOptions { PermitLimit = configured.GetValue(name, permits), Window = s_window };
                limiter.AddPolicy(name, context => context.User.IsInRole(Caller.Staff)
                    ? RateLimitPartition.GetNoLimiter("")
                    : RateLimitPartition.GetFixedWindowLimiter(PayerOf(context), _ => window));
            }
        });
    }

    private static string PayerOf(HttpContext context) =>
        context.User.Identity?.Name is { } user ? $"user {user}" : $"address {context.Connection.RemoteIpAddress}";
}
