using DaprShop.Domain;

namespace DaprShop.Customers.Domain;

/// <summary>Somebody who buys. Equal to another by id, whatever else changed.</summary>
public sealed class Customer : Entity
{
    public const int MaxNameLength = 200;

    public Customer(string id, string email, string name, bool premium, bool active, DateTimeOffset createdAt)
        : base(id)
    {
        if (!Identifiers.IsId(id))
        {
            throw Invalid("id", Identifiers.IdRule);
        }

        Email = new EmailAddress(email).Value;
        Name = string.IsNullOrWhiteSpace(name) || name.Trim().Length > MaxNameLength
            ? throw Invalid("name", $"is 1 to {MaxNameLength} characters")
            : name.Trim();
        Premium = premium;
        Active = active;
        CreatedAt = createdAt;
    }

    public string Email { get; private set; }

    public string Name { get; }

    public bool Premium { get; }

    public bool Active { get; private set; }

    public DateTimeOffset CreatedAt { get; }

    public static Customer Register(string id, string email, string name, bool premium, DateTimeOffset now) =>
        new(id, email, name, premium, active: true, now);

    public void Deactivate() => Active = false;

    public void ChangeEmail(string email) => Email = new EmailAddress(email).Value;

    /// <summary>Whether this is what the same registration would give.</summary>
    public bool IsRegisteredAs(Customer other) => Id == other.Id && Email == other.Email && Name == other.Name && Premium == other.Premium;

    private static DomainException Invalid(string field, string message) => new(DomainErrors.Invalid, message, field);
}
