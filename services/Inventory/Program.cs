using DaprShop.Contracts;
using DaprShop.Inventory;
using DaprShop.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(AppIds.Inventory);
builder.Services.AddSingleton<StockStore>();
builder.Services.AddSingleton<StockWriter>();
builder.Services.AddHostedService(services => services.GetRequiredService<StockWriter>());
builder.Services.AddSeed(FirstDeliveries.SeedAsync);

var app = builder.Build();

app.MapServiceDefaults();
app.MapInventory();

app.Run();
