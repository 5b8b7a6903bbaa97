using DaprShop.Domain;

namespace DaprShop.Customers.Domain;

/// <summary>Somebody who buys. Equal to another by id, whatever else changed.</summary>
public sealed class Customer : Entity
{
    public const int MaxNameLength = 200;

    public Customer(
        string id,
        string email,
        string name,
        bool premium,
        bool active,
        DateTimeOffset createdAt,
        AddressBook? addresses = null)
        : base(id)
    {
        if (!Identifiers.IsId(id))
        {
            throw Invalid("id", Identifiers.IdRule);
        }

        Email = new EmailAddress(email).Value;
        Name = CheckedName(name);
        Premium = premium;
        Active = active;
        CreatedAt = createdAt;
        Addresses = addresses ?? AddressBook.Empty;
    }

    public string Email { get; private set; }

    public string Name { get; private set; }

    /// <summary>Whether it is a member who pays less for every order.</summary>
    public bool Premium { get; private set; }

    /// <summary>Who is not does not buy any more.</summary>
    public bool Active { get; private set; }

    public DateTimeOffset CreatedAt { get; }

    public AddressBook Addresses { get; private set; }

    public static Customer Register(string id, string email, string name, bool premium, DateTimeOffset now) =>
        new(id, email, name, premium, active: true, now);

    public void Deactivate() => Active = false;

    /// <exception cref="DomainException">Field <c>email</c>: it is no e-mail address.</exception>
    public void ChangeEmail(string email) => Email = new EmailAddress(email).Value;

    /// <exception cref="DomainException">Field <c>name</c>.</exception>
    public void Rename(string name) => Name = CheckedName(name);

    public void GrantPremium() => Premium = true;

    public void EndPremium() => Premium = false;

    public void KeepAddresses(AddressBook addresses) => Addresses = addresses;

    /// <summary>Whether this is what the same registration would give.</summary>
    public bool IsRegisteredAs(Customer other) => Id == other.Id && Email == other.Email && Name == other.Name && Premium == other.Premium;

    private static string CheckedName(string? name) => name?.Trim() is { Length: > 0 and <= MaxNameLength } given
        ? given
        : throw Invalid("name", $"is 1 to {MaxNameLength} characters");

    private static DomainException Invalid(string field, string message) => new(DomainErrors.Invalid, message, field);
}
