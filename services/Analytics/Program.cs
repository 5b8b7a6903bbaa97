using DaprShop.Analytics;
using DaprShop.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(DaprShop.Contracts.AppIds.Analytics);
builder.AddAnalyticsDatabase();

var app = builder.Build();

app.CreateAnalyticsTables();
app.MapServiceDefaults();
app.MapAnalytics();
app.MapActions();
app.MapEvents();

app.Run();
