using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using DaprShop.Shipping;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(AppIds.Shipping);
builder.Services.AddEventingStore(Stores.Shipping);
builder.Services.AddSingleton<FaultSwitch>();
builder.Services.AddSingleton<ShipmentStore>();

var app = builder.Build();

app.MapServiceDefaults();
app.MapShipping();

app.Run();
