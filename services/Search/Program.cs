using DaprShop.Contracts;
using DaprShop.Search;
using DaprShop.Search.Caching;
using DaprShop.Search.Index;
using DaprShop.Search.Rebuilding;
using DaprShop.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);

builder.AddServiceDefaults(AppIds.Search);
builder.AddIndex();
builder.Services.AddAnswerCache();
builder.Services.AddServiceClient(AppIds.Catalog);
builder.Services.AddSingleton<Rebuilder>();
builder.Services.AddHostedService(services => services.GetRequiredService<Rebuilder>());

var app = builder.Build();

app.MapServiceDefaults();
app.MapSearch();
app.MapRebuild();
app.MapTopics();

app.Run();
