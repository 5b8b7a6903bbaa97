using DaprShop.Catalog;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(AppIds.Catalog);
builder.Services.AddEventingStore(Stores.Catalog);
builder.Services.AddKeyIndex("skus");
builder.Services.AddSingleton<ProductStore>();
builder.Services.AddSingleton<ReviewStore>();
builder.Services.AddSeed(BuiltInProducts.SeedAsync);

var app = builder.Build();

app.MapServiceDefaults();
app.MapCatalog();
app.MapCatalogCommands();

app.Run();
