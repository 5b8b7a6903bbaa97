using DaprShop.Identity.Domain;

namespace DaprShop.Domain.Tests.Identity;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("Correct-Horse-7")]
    [InlineData("Demo-Pass-1")]
    [InlineData("ÄÖÜäöü1234")]
    public void A_good_password_breaks_no_rule(string password) => Assert.Empty(PasswordRules.Broken(password));

    [Theory]
    [InlineData("Short-1a", "10 to 128")]
    [InlineData("NO-LOWER-CASE-1", "lower")]
    [InlineData("no-upper-case-1", "upper")]
    [InlineData("No-Digit-At-All", "digit")]
    public void A_broken_rule_is_named(string password, string named) => Assert.Contains(named, Assert.Single(PasswordRules.Broken(password)));

    [Fact]
    public void No_password_breaks_all_of_them() => Assert.Equal(4, PasswordRules.Broken(null).Count());

    [Fact]
    public void A_password_is_not_endless() => Assert.Single(PasswordRules.Broken("Aa1" + new string('a', 126)));
}
