using DaprShop.Contracts;
using DaprShop.Customers.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Customers;

internal static class CustomersApi
{
    public static void MapCustomers(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/customers", Register);
        routes.MapGet("/customers/{id}", Find);
    }

    private static async Task<Results<Created<CustomerResponse>, Ok<CustomerResponse>, ProblemHttpResult>> Register(
        RegisterCustomer request, CustomerStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var wanted = Customer.Register(request.Id ?? Guid.CreateVersion7(now).ToString("N"), request.Email, request.Name, request.Premium, now);
        var (customer, isNew) = await store.RegisterAsync(wanted, cancellationToken);
        var response = ToResponse(customer);
        return isNew ? TypedResults.Created($"/customers/{customer.Id}", response)
            : customer.IsRegisteredAs(wanted) ? TypedResults.Ok(response)
            : ShopResults.Conflict(Problems.AlreadyExists, $"Customer {customer.Id} is registered with other data");
    }

    private static async Task<Results<Ok<CustomerResponse>, ProblemHttpResult>> Find(
        string id, CustomerStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } customer
            ? TypedResults.Ok(ToResponse(customer))
            : ShopResults.NotFound($"There is no customer {id}");

    private static CustomerResponse ToResponse(Customer customer) =>
        new(customer.Id, customer.Email, customer.Name, customer.Premium, customer.Active, customer.CreatedAt);
}
