using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using DaprShop.Tracking;
using Microsoft.Extensions.Options;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(AppIds.Tracking);
builder.Services.AddOptions<TrackingOptions>().BindConfiguration("Tracking")
    .Validate(options => options.Heartbeat > TimeSpan.Zero).ValidateOnStart();
builder.Services.AddServiceClient(AppIds.Shipping);
builder.Services.AddSingleton<FeedHub>();

var app = builder.Build();

var heartbeat = app.Services.GetRequiredService<IOptions<TrackingOptions>>().Value.Heartbeat;
app.MapServiceDefaults();
app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = heartbeat, KeepAliveTimeout = 3 * heartbeat });
app.MapTracking();

app.Run();
