using DaprShop.Contracts;
using DaprShop.Customers.Domain;
using DaprShop.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Customers;

internal static class AddressesApi
{
    public static void MapAddresses(this IEndpointRouteBuilder routes)
    {
        var addresses = routes.MapCustomer().MapGroup("/addresses");
        addresses.MapGet("/", ListAsync);
        addresses.MapPost("/", AddAsync);
        addresses.MapDelete("/{addressId}", RemoveAsync);
        addresses.MapPut("/{addressId}/default", MakeDefaultAsync);
    }

    private static async Task<Results<Ok<AddressesResponse>, ProblemHttpResult>> ListAsync(
        string id, CustomerStore store, CancellationToken cancellationToken) =>
        Answer(id, await store.FindAsync(id, cancellationToken));

    private static async Task<Results<Created<AddressResponse>, ProblemHttpResult>> AddAsync(
        string id, AddAddress request, CustomerStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new InputErrors();
        errors.Check(request.Address is not null, "address", "is required");
        var address = request.Address is { } given ? errors.Try("address", given.ToAddress) : null;
        errors.ThrowIfAny();

        var added = new SavedAddress(Guid.CreateVersion7(time.GetUtcNow()).ToString("N"), address!);
        var customer = await store.ChangeAsync(
            id, customer => customer.KeepAddresses(customer.Addresses.Add(added, request.MakeDefault)), cancellationToken);
        if (customer is null)
        {
            return CustomersApi.NoSuchCustomer(id);
        }

        var entry = customer.Addresses.Entries.First(entry => entry.Address == added.Address);
        return TypedResults.Created($"/customers/{id}/addresses/{entry.Id}", customer.Addresses.ToResponse(entry));
    }

    // Taken away already is taken away.
    private static async Task<Results<Ok<AddressesResponse>, ProblemHttpResult>> RemoveAsync(
        string id, string addressId, CustomerStore store, CancellationToken cancellationToken) =>
        Answer(id, await store.ChangeAsync(id, customer => customer.KeepAddresses(customer.Addresses.Remove(addressId)), cancellationToken));

    private static async Task<Results<Ok<AddressesResponse>, ProblemHttpResult>> MakeDefaultAsync(
        string id, string addressId, CustomerStore store, CancellationToken cancellationToken)
    {
        var known = false;
        var customer = await store.ChangeAsync(id, MakeDefault, cancellationToken);
        return customer is not null && !known ? ShopResults.NotFound($"There is no address {addressId}") : Answer(id, customer);

        void MakeDefault(Customer customer)
        {
            known = customer.Addresses.Find(addressId) is not null;
            if (known)
            {
                customer.KeepAddresses(customer.Addresses.MakeDefault(addressId));
            }
        }
    }

    private static Results<Ok<AddressesResponse>, ProblemHttpResult> Answer(string id, Customer? customer) =>
        customer is null ? CustomersApi.NoSuchCustomer(id) : TypedResults.Ok(customer.Addresses.ToResponse());
}
