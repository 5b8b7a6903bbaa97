using DaprShop.Contracts;
using DaprShop.Operations;
using DaprShop.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(AppIds.Operations);
builder.Services.AddEventingStore(Stores.Operations);
builder.Services.AddKeyIndex("letters");
builder.Services.AddSingleton<DeadLetterBox>();

var app = builder.Build();

app.MapServiceDefaults();
app.MapDeadLetters();

app.Run();
