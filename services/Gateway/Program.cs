using DaprShop.Contracts;
using DaprShop.Gateway;
using DaprShop.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults(AppIds.Gateway);
builder.AddRequestLimits();
builder.AddAllowedOrigins();
builder.AddTokenCheck();
builder.AddRateLimits();
builder.AddApiDescription();
builder.AddShopProxy();

var app = builder.Build();
app.MapServiceDefaults();
app.UseMiddleware<SecurityHeaders>();
app.UseMiddleware<RequestLimits>();
app.UseMiddleware<PlainPaths>();
app.UseApiDescription();
app.UseWebPages();
app.UseCors();
app.UseAuthentication();
app.UseRateLimiter();
app.UseAuthorization();
app.MapReverseProxy(proxy =>
{
    proxy.UseLoadBalancing();
    proxy.UseMiddleware<ProxyProblems>();
});
app.Run();
