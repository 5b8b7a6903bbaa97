using DaprShop.Contracts;
using DaprShop.Customers.Domain;
using DaprShop.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Customers;

/// <summary>Customers by id.</summary>
internal sealed class CustomerStore(EventingStore store)
{
    private const int MaxAttempts = 10;

    /// <summary>Null when there is none, or the text cannot be an id.</summary>
    public async Task<Customer?> FindAsync(string id, CancellationToken cancellationToken) =>
        Identifiers.IsId(id) ? (await store.FindAsync<Customer>(id, cancellationToken))?.Value : null;

    /// <summary>Stores the customer and its event, unless the id is taken: then whoever has it is returned, and nothing is changed.</summary>
    public async Task<(Customer Customer, bool IsNew)> RegisterAsync(Customer customer, CancellationToken cancellationToken)
    {
        if (await FindAsync(customer.Id, cancellationToken) is { } known)
        {
            return (known, false);
        }

        try
        {
            var registered = new CustomerRegistered(customer.Id, customer.Email, customer.Name, customer.CreatedAt);
            await store.SaveAsync(customer.Id, customer, etag: null, registered, cancellationToken);
            return (customer, true);
        }
        catch (StateConflictException)
        {
            // Customers are never deleted, so whoever came first is there now.
            var first = await FindAsync(customer.Id, cancellationToken);
            return (first ?? throw new StateConflictException(customer.Id), false);
        }
    }

    /// <summary>
    /// Loads a customer, changes and saves it; when another write came in between, does so again. Null when there is no such customer.
    /// </summary>
    public async Task<Customer?> ChangeAsync(string id, Action<Customer> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (!Identifiers.IsId(id) || await store.FindAsync<Customer>(id, cancellationToken) is not var (customer, etag))
            {
                return null;
            }

            change(customer);
            try
            {
                await store.SaveQuietlyAsync(id, customer, etag, cancellationToken);
                return customer;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Change what the other write left.
            }
        }
    }
}
