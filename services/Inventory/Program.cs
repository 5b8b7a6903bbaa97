using DaprShop.Contracts;
using DaprShop.Inventory;
using DaprShop.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(AppIds.Inventory);
builder.Services.AddOptions<InventoryOptions>().BindConfiguration("Inventory")
    .Validate(options => options.HoldFor > TimeSpan.Zero && options.RestockTarget > options.RestockThreshold).ValidateOnStart();
builder.Services.AddSingleton<RestockingStore>();
builder.Services.AddSingleton<StockStore>();
builder.Services.AddSingleton<RestockAnnouncer>();
builder.Services.AddHostedService(services => services.GetRequiredService<RestockAnnouncer>());
builder.Services.AddSingleton<StockWriter>();
builder.Services.AddHostedService(services => services.GetRequiredService<StockWriter>());
builder.Services.AddHolds(builder.Configuration);
builder.Services.AddSeed(FirstDeliveries.SeedAsync);

var app = builder.Build();

app.MapServiceDefaults();
app.MapActorsHandlers();
app.MapInventory();

app.Run();
