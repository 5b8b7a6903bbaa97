using DaprShop.Contracts;
using DaprShop.Gateway;
using DaprShop.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults(AppIds.Gateway);
builder.AddShopProxy();

var app = builder.Build();
app.MapServiceDefaults();
app.UseMiddleware<PlainPaths>();
app.MapReverseProxy(proxy => proxy.UseMiddleware<ProxyProblems>());
app.Run();
