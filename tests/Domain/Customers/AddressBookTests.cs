using DaprShop.Customers.Domain;

namespace DaprShop.Domain.Tests.Customers;

public sealed class AddressBookTests
{
    private readonly AddressBook _two = AddressBook.Empty.Add(Saved("a1", "1 High Street"), makeDefault: false).Add(Saved("a2", "2 High Street"), makeDefault: false);

    [Fact]
    public void The_first_address_is_the_default() => Assert.Equal("a1", _two.DefaultId);

    [Fact]
    public void Another_can_be_made_the_default() => Assert.Equal("a2", _two.MakeDefault("a2").DefaultId);

    [Fact]
    public void One_can_be_the_default_from_the_start() =>
        Assert.Equal("a3", _two.Add(Saved("a3", "3 High Street"), makeDefault: true).DefaultId);

    [Fact]
    public void The_same_address_is_not_added_again()
    {
        var again = _two.Add(Saved("a3", "2 High Street"), makeDefault: true);

        Assert.Equal((2, "a2"), (again.Entries.Count, again.DefaultId));
    }

    [Fact]
    public void When_the_default_goes_the_oldest_of_the_others_takes_its_place()
    {
        Assert.Equal("a2", _two.Remove("a1").DefaultId);
        Assert.Equal("a1", _two.Remove("a2").DefaultId);
        Assert.Null(_two.Remove("a1").Remove("a2").DefaultId);
    }

    [Fact]
    public void There_is_an_end_to_the_addresses_of_one_customer()
    {
        var full = Enumerable.Range(0, AddressBook.MaxEntries)
            .Aggregate(AddressBook.Empty, (book, i) => book.Add(Saved($"a{i}", $"{i} High Street"), makeDefault: false));

        Assert.Equal("too-many-addresses", Assert.Throws<DomainException>(() => full.Add(Saved("more", "1 Low Street"), makeDefault: false)).Code);
    }

    private static SavedAddress Saved(string id, string street) => new(id, new Address(street, "Bath", "Somerset", "BA1 1AA", "GB"));
}
