using DaprShop.Contracts;
using DaprShop.Customers.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Customers;

internal static class CustomerEvents
{
    public static void MapTopics(this IEndpointRouteBuilder routes) => routes.MapTopic(Topics.Identity).On<UserRegistered>(RegisterAsync);

    // A user who registered is a customer. Delivered again, or where staff came first, it changes nothing.
    private static async Task RegisterAsync(
        CloudEvent<UserRegistered> received, CustomerStore customers, PreferencesStore preferences, CancellationToken cancellationToken)
    {
        var user = received.Data;
        var (customer, _) = await customers.RegisterAsync(
            Customer.Register(user.UserId, user.Email, user.Name, premium: false, user.At), cancellationToken);
        await preferences.AddDefaultAsync(customer.Id, cancellationToken);
    }
}
