using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>From the wire to the shared kernel, where the rules are checked, and back.</summary>
public static class DomainConversions
{
    /// <exception cref="DomainException">Field <c>amount</c> or <c>currency</c>.</exception>
    public static Money ToMoney(this MoneyAmount amount) => new(amount.Amount, amount.Currency);

    public static MoneyAmount ToContract(this Money money) => new(money.Amount, money.Currency);

    /// <exception cref="DomainException">The name of the field that is missing or wrong.</exception>
    public static Address ToAddress(this PostalAddress address) =>
        new(address.Street, address.City, address.State, address.PostalCode, address.Country);

    public static PostalAddress ToContract(this Address address) =>
        new(address.Street, address.City, address.State, address.PostalCode, address.Country);
}
