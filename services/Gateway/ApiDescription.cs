using System.Text.Json.Nodes;
using DaprShop.ServiceDefaults;

namespace DaprShop.Gateway;

/// <summary>
/// <c>/openapi.json</c>: one OpenAPI document of the whole API, made of the public routes and what each service says of itself; <c>/docs</c>
/// shows it. A service that is down has its routes in it all the same, without their bodies.
/// </summary>
public sealed class ApiDescription(IServiceProvider services, TimeProvider time) : IDisposable
{
    public const string Docs = "/docs";
    public const string Document = "/openapi.json";

    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_lifetimeOfHalf = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private string _text = "";
    private DateTimeOffset _goodUntil;

    public static IEnumerable<string> Apps { get; } = [.. PublicRoutes.All.Select(route => route.App).Where(app => app != PublicRoutes.CardProvider).Distinct()];

    /// <summary>The document; services are asked for their parts once a minute at most.</summary>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (time.GetUtcNow() >= _goodUntil)
            {
                var parts = await Task.WhenAll(Apps.Select(async app => (App: app, Part: await FindPartAsync(app, cancellationToken))));
                var whole = parts.All(part => part.Part is not null);
                _text = ApiMerge.Of(parts.Where(part => part.Part is not null).ToDictionary(part => part.App, part => part.Part!)).ToJsonString();
                _goodUntil = time.GetUtcNow() + (whole ? s_lifetime : s_lifetimeOfHalf);
            }

            return _text;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private async Task<JsonObject?> FindPartAsync(string app, CancellationToken cancellationToken)
    {
        try
        {
            return await services.GetRequiredKeyedService<ServiceClient>(app).FindAsync<JsonObject>("openapi/v1.json", cancellationToken);
        }
        catch (DependencyUnavailableException)
        {
            return null;
        }
    }
}

public static class ApiDescriptionRegistration
{
    public static void AddApiDescription(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ApiDescription>();
        foreach (var app in ApiDescription.Apps)
        {
            builder.Services.AddServiceClient(app);
        }
    }

    public static void UseApiDescription(this WebApplication app)
    {
        app.UseSwaggerUI(ui =>
        {
            ui.RoutePrefix = ApiDescription.Docs.TrimStart('/');
            ui.DocumentTitle = "DaprShop";
            ui.DefaultModelsExpandDepth(0);
            ui.SwaggerEndpoint(ApiDescription.Document, "DaprShop");
        });
        app.MapGet(ApiDescription.Document, async (ApiDescription api, CancellationToken cancellationToken) =>
            TypedResults.Text(await api.ReadAsync(cancellationToken), "application/json"));
    }
}
