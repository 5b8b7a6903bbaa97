using DaprShop.CardProvider;
using DaprShop.Contracts;

var builder = WebApplication.CreateSlimBuilder(args);

// A company of its own somewhere on the internet: no sidecar, no defaults shared with the shop.
if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null)
{
    builder.WebHost.UseUrls($"http://127.0.0.1:{builder.Configuration["APP_PORT"] ?? "5108"}");
}

builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1024 * 1024);
builder.Services.ConfigureHttpJsonOptions(json => ContractsJson.Configure(json.SerializerOptions));
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddProblemDetails();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<FaultSwitch>();
builder.Services.AddSingleton<Ledger>();

var app = builder.Build();

app.UseExceptionHandler();
app.UseStatusCodePages();
app.MapCardProvider();
app.MapGet("/healthz", () => TypedResults.NoContent());

app.Run();
