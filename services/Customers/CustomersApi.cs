using DaprShop.Contracts;
using DaprShop.Customers.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Customers;

/// <summary>Profiles and memberships. A customer sees and changes itself; to others it does not exist.</summary>
internal static class CustomersApi
{
    public static void MapCustomers(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/customers", RegisterAsync).ForStaff();
        routes.MapPost("/customers/lookup", LookUpAsync).ForStaff();

        var customer = routes.MapCustomer();
        customer.MapGet("/", FindAsync);
        customer.MapPut("/", UpdateAsync);
        customer.MapPost("/deactivation", DeactivateAsync);
        customer.MapPut("/premium", GrantPremiumAsync).ForStaff();
        customer.MapDelete("/premium", EndPremiumAsync).ForStaff();
    }

    /// <summary>The routes below one customer, for those who may act for it.</summary>
    public static RouteGroupBuilder MapCustomer(this IEndpointRouteBuilder routes)
    {
        var customer = routes.MapGroup("/customers/{id}");
        customer.AddEndpointFilter(OnlyForOwnersAsync);
        return customer;
    }

    public static ProblemHttpResult NoSuchCustomer(string id) => ShopResults.NotFound($"There is no customer {id}");

    private static async Task<Results<Created<CustomerResponse>, Ok<CustomerResponse>, ProblemHttpResult>> RegisterAsync(
        RegisterCustomer request, CustomerStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var wanted = Customer.Register(request.Id ?? Guid.CreateVersion7(now).ToString("N"), request.Email, request.Name, request.Premium, now);
        var (customer, isNew) = await store.RegisterAsync(wanted, cancellationToken);
        var response = customer.ToResponse();
        return isNew ? TypedResults.Created($"/customers/{customer.Id}", response)
            : customer.IsRegisteredAs(wanted) ? TypedResults.Ok(response)
            : ShopResults.Conflict(Problems.AlreadyExists, $"Customer {customer.Id} is registered with other data");
    }

    private static async Task<Ok<CustomersFound>> LookUpAsync(LookUpCustomers request, CustomerLookup lookup, CancellationToken cancellationToken) =>
        TypedResults.Ok(await lookup.FindAsync(request, cancellationToken));

    private static async Task<Results<Ok<CustomerResponse>, ProblemHttpResult>> FindAsync(
        string id, CustomerStore store, CancellationToken cancellationToken) =>
        Answer(id, await store.FindAsync(id, cancellationToken));

    private static async Task<Results<Ok<CustomerResponse>, ProblemHttpResult>> UpdateAsync(
        string id, UpdateCustomer request, CustomerStore store, CancellationToken cancellationToken) =>
        Answer(id, await store.ChangeAsync(
            id,
            customer =>
            {
                customer.Rename(request.Name);
                customer.ChangeEmail(request.Email);
            },
            cancellationToken));

    private static async Task<Results<Ok<CustomerResponse>, ProblemHttpResult>> DeactivateAsync(
        string id, CustomerStore store, CancellationToken cancellationToken) =>
        Answer(id, await store.ChangeAsync(id, customer => customer.Deactivate(), cancellationToken));

    private static async Task<Results<Ok<CustomerResponse>, ProblemHttpResult>> GrantPremiumAsync(
        string id, CustomerStore store, CancellationToken cancellationToken) =>
        Answer(id, await store.ChangeAsync(id, customer => customer.GrantPremium(), cancellationToken));

    private static async Task<Results<Ok<CustomerResponse>, ProblemHttpResult>> EndPremiumAsync(
        string id, CustomerStore store, CancellationToken cancellationToken) =>
        Answer(id, await store.ChangeAsync(id, customer => customer.EndPremium(), cancellationToken));

    private static Results<Ok<CustomerResponse>, ProblemHttpResult> Answer(string id, Customer? customer) =>
        customer is null ? NoSuchCustomer(id) : TypedResults.Ok(customer.ToResponse());

    private static async ValueTask<object?> OnlyForOwnersAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var id = (string)context.HttpContext.GetRouteValue("id")!;
        return (await Caller.BindAsync(context.HttpContext)).MayActFor(id) ? await next(context) : NoSuchCustomer(id);
    }
}
