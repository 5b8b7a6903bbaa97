using DaprShop.Customers.Domain;

namespace DaprShop.Customers;

/// <summary>Somebody to buy with, from the first start on.</summary>
internal static class DemoCustomer
{
    public static Task SeedAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var demo = Customer.Register("demo", "demo@daprshop.example", "Demo Customer", premium: false, now);
        return services.GetRequiredService<CustomerStore>().RegisterAsync(demo, cancellationToken);
    }
}
