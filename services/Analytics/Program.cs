using DaprShop.Analytics;
using DaprShop.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(DaprShop.Contracts.AppIds.Analytics);
builder.AddEventsDatabase();
builder.Services.AddSingleton<EventRecorder>();
builder.Services.AddHostedService(services => services.GetRequiredService<EventRecorder>());

var app = builder.Build();

app.CreateEventsDatabase();
app.MapServiceDefaults();
app.MapAnalytics();
app.MapEvents();

app.Run();
