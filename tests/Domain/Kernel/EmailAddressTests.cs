namespace DaprShop.Domain.Tests.Kernel;

public sealed class EmailAddressTests
{
    [Fact]
    public void It_is_kept_as_written_without_blanks_around_it() => Assert.Equal("Ada@Example.org", new EmailAddress(" Ada@Example.org ").Value);

    [Fact]
    public void Upper_and_lower_case_are_one_address() =>
        Assert.Equal(new EmailAddress("ada@example.org").Normalized, new EmailAddress("ADA@Example.Org").Normalized);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("ada@example")]
    [InlineData("ada@@example.org")]
    [InlineData("ada love@example.org")]
    [InlineData("@example.org")]
    public void What_is_no_address_is_refused(string? text) =>
        Assert.Equal("email", Assert.Throws<DomainException>(() => new EmailAddress(text)).Field);

    [Fact]
    public void An_address_is_not_endless() => Assert.Throws<DomainException>(() => new EmailAddress(new string('a', 250) + "@b.org"));
}
