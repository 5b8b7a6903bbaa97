using DaprShop.Contracts;
using DaprShop.Customers.Domain;

namespace DaprShop.Customers;

internal static class CustomerResponses
{
    public static CustomerResponse ToResponse(this Customer customer) =>
        new(customer.Id, customer.Email, customer.Name, customer.Premium, customer.Active, customer.CreatedAt);

    public static AddressesResponse ToResponse(this AddressBook book) => new([.. book.Entries.Select(entry => book.ToResponse(entry))]);

    public static AddressResponse ToResponse(this AddressBook book, SavedAddress entry) =>
        new(entry.Id, entry.Address.ToContract(), entry.Id == book.DefaultId);

    public static PreferencesResponse ToResponse(this Preferences preferences) =>
        new(preferences.Language, preferences.Currency, preferences.OrderUpdates, preferences.Newsletter);
}
