using DaprShop.Customers.Domain;

namespace DaprShop.Domain.Tests.Customers;

public sealed class PreferencesTests
{
    [Fact]
    public void Nobody_gets_a_newsletter_without_asking() => Assert.False(Preferences.Default.Newsletter);

    [Theory]
    [InlineData("en")]
    [InlineData("de-AT")]
    public void A_language_may_have_a_region(string language) => Assert.Equal(language, new Preferences(language, "EUR", true, true).Language);

    [Theory]
    [InlineData("English", "EUR", "language")]
    [InlineData("", "EUR", "language")]
    [InlineData("en-gb", "EUR", "language")]
    [InlineData("en", "shells", "currency")]
    [InlineData("en", null, "currency")]
    public void What_is_no_language_or_currency_is_refused(string language, string? currency, string field) =>
        Assert.Equal(field, Assert.Throws<DomainException>(() => new Preferences(language, currency!, true, true)).Field);
}
