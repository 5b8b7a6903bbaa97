using DaprShop.Domain;

namespace DaprShop.Domain.Tests.Kernel;

public sealed class AddressTests
{
    [Theory]
    [InlineData("", "Leeds", "West Yorkshire", "LS1 4AP", "GB", "street")]
    [InlineData("1 The Headrow", " ", "West Yorkshire", "LS1 4AP", "GB", "city")]
    [InlineData("1 The Headrow", "Leeds", null, "LS1 4AP", "GB", "state")]
    [InlineData("1 The Headrow", "Leeds", "West Yorkshire", "", "GB", "postalCode")]
    [InlineData("1 The Headrow", "Leeds", "West Yorkshire", "LS1 4AP", null, "country")]
    [InlineData("1 The Headrow", "Leeds", "West Yorkshire", "LS1 4AP", "UK", "country")]
    [InlineData("1 The Headrow", "Leeds", "West Yorkshire", "LS1 4AP", "gb", "country")]
    public void A_missing_or_wrong_field_is_named(string? street, string? city, string? state, string? postalCode, string? country, string field)
    {
        var refused = Assert.Throws<DomainException>(() => new Address(street!, city!, state!, postalCode!, country!));

        Assert.Equal(field, refused.Field);
    }

    [Fact]
    public void It_is_equal_by_value() =>
        Assert.Equal(
            new Address("1 The Headrow", "Leeds", "West Yorkshire", "LS1 4AP", "GB"),
            new Address(" 1 The Headrow", "Leeds ", "West Yorkshire", "LS1 4AP", "GB"));
}
