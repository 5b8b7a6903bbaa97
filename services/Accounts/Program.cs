using DaprShop.Accounts;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(AppIds.Accounts);
builder.Services.AddEventingStore(Stores.Accounts);
builder.Services.AddSingleton<AccountStream>();
builder.Services.AddKeyIndex("accounts");
builder.Services.AddSingleton<BalanceProjection>();
builder.Services.AddAccountActors(builder.Configuration);
builder.Services.AddOptions<AccountOptions>().BindConfiguration("Accounts");

var app = builder.Build();

app.MapServiceDefaults();
app.MapActorsHandlers();
app.MapAccounts();
app.MapBalances();
app.MapTopics();

app.Run();
