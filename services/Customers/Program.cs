using DaprShop.Contracts;
using DaprShop.Customers;
using DaprShop.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(AppIds.Customers);
builder.Services.AddEventingStore(Stores.Customers);
builder.Services.AddSingleton<CustomerStore>();
builder.Services.AddSingleton<CustomerLookup>();
builder.Services.AddSingleton<PreferencesStore>();
builder.Services.AddSeed(DemoCustomer.SeedAsync);

var app = builder.Build();

app.MapServiceDefaults();
app.MapCustomers();
app.MapAddresses();
app.MapPreferences();
app.MapTopics();

app.Run();
