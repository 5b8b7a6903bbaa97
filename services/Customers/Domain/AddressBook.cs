using DaprShop.Domain;

namespace DaprShop.Customers.Domain;

/// <summary>Where a customer has parcels sent to. While there is an address, one of them is the default.</summary>
public sealed record AddressBook(IReadOnlyList<SavedAddress> Entries, string? DefaultId)
{
    public const int MaxEntries = 20;

    public static AddressBook Empty { get; } = new([], null);

    public SavedAddress? Find(string id) => Entries.FirstOrDefault(entry => entry.Id == id);

    /// <summary>Adds an address, which is the default if it is the first or wanted to be. One that is there already is not added again.</summary>
    /// <exception cref="DomainException">There are too many.</exception>
    public AddressBook Add(SavedAddress added, bool makeDefault)
    {
        if (Entries.FirstOrDefault(entry => entry.Address == added.Address) is { } same)
        {
            return makeDefault ? this with { DefaultId = same.Id } : this;
        }

        return Entries.Count < MaxEntries
            ? new AddressBook([.. Entries, added], makeDefault ? added.Id : DefaultId ?? added.Id)
            : throw new DomainException("too-many-addresses", $"A customer has no more than {MaxEntries} addresses");
    }

    /// <summary>Takes an address away; if it was the default, the oldest of the others is from now on.</summary>
    public AddressBook Remove(string id)
    {
        SavedAddress[] others = [.. Entries.Where(entry => entry.Id != id)];
        return new AddressBook(others, DefaultId == id ? others.FirstOrDefault()?.Id : DefaultId);
    }

    /// <summary>The address must be one of these.</summary>
    public AddressBook MakeDefault(string id) => this with { DefaultId = id };
}

/// <summary>One address of a customer.</summary>
public sealed record SavedAddress(string Id, Address Address);
