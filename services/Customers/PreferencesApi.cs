using DaprShop.Contracts;
using DaprShop.Customers.Domain;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DaprShop.Customers;

internal static class PreferencesApi
{
    public static void MapPreferences(this IEndpointRouteBuilder routes)
    {
        var customer = routes.MapCustomer();
        customer.MapGet("/preferences", GetAsync);
        customer.MapPut("/preferences", SaveAsync);
    }

    private static async Task<Results<Ok<PreferencesResponse>, ProblemHttpResult>> GetAsync(
        string id, CustomerStore customers, PreferencesStore store, CancellationToken cancellationToken) =>
        await customers.FindAsync(id, cancellationToken) is null
            ? CustomersApi.NoSuchCustomer(id)
            : TypedResults.Ok((await store.GetAsync(id, cancellationToken)).ToResponse());

    private static async Task<Results<Ok<PreferencesResponse>, ProblemHttpResult>> SaveAsync(
        string id, SavePreferences request, CustomerStore customers, PreferencesStore store, CancellationToken cancellationToken)
    {
        var preferences = new Preferences(request.Language, request.Currency, request.OrderUpdates, request.Newsletter);
        if (await customers.FindAsync(id, cancellationToken) is null)
        {
            return CustomersApi.NoSuchCustomer(id);
        }

        await store.SaveAsync(id, preferences, cancellationToken);
        return TypedResults.Ok(preferences.ToResponse());
    }
}
