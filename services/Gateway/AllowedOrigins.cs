namespace DaprShop.Gateway;

/// <summary>CORS: the setting CORS_ORIGINS lists the web sites, separated by commas, whose scripts may call the shop; without it none may.</summary>
public static class AllowedOrigins
{
    public static void AddAllowedOrigins(this WebApplicationBuilder builder)
    {
        var origins = builder.Configuration["CORS_ORIGINS"] ?? "";
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(origins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .WithMethods("GET", "POST", "PUT", "DELETE")
            .WithHeaders("Authorization", "Content-Type", "Idempotency-Key", "If-Match")
            .WithExposedHeaders("Location", "Retry-After", "ETag", "Age", "X-Cache")
            .SetPreflightMaxAge(TimeSpan.FromHours(1))));
    }
}
