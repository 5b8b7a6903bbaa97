using DaprShop.Contracts;
using DaprShop.ServiceDefaults;
using DaprShop.Shipping;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(AppIds.Shipping);
builder.Services.AddOptions<ShippingOptions>().BindConfiguration("Shipping")
    .Validate(options => options.DeliveryTime > TimeSpan.Zero).ValidateOnStart();
builder.Services.AddEventingStore(Stores.Shipping);
builder.Services.AddKeyIndex("pickups");
builder.Services.AddSingleton<FaultSwitch>();
builder.Services.AddSingleton<ShipmentStore>();
builder.Services.AddShippingActors(builder.Configuration);

var app = builder.Build();

app.MapServiceDefaults();
app.MapActorsHandlers();
app.MapShipping();
app.MapPickups();

app.Run();
