using DaprShop.Customers.Domain;

namespace DaprShop.Domain.Tests.Customers;

public sealed class CustomerTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Customers_are_equal_by_id()
    {
        var customer = Ada();
        var renamed = Customer.Register("ada", "ada@other.example", "Countess of Lovelace", true, s_now);

        Assert.Equal(customer, renamed);
        Assert.NotEqual(customer, Customer.Register("bob", customer.Email, customer.Name, false, s_now));
    }

    [Fact]
    public void A_new_customer_is_active_until_deactivated()
    {
        var customer = Ada();
        Assert.True(customer.Active);

        customer.Deactivate();

        Assert.False(customer.Active);
    }

    [Fact]
    public void An_e_mail_address_can_change()
    {
        var customer = Ada();

        customer.ChangeEmail(" ada@engines.example ");

        Assert.Equal("ada@engines.example", customer.Email);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("ada@")]
    [InlineData("@engines.example")]
    [InlineData("ada@engines")]
    [InlineData("ada@engines..example")]
    [InlineData("a da@engines.example")]
    [InlineData("ada@one@two.example")]
    public void What_is_no_e_mail_address_is_refused(string text)
    {
        var customer = Ada();

        var error = Assert.Throws<DomainException>(() => customer.ChangeEmail(text));

        Assert.Equal("email", error.Field);
        Assert.Equal("ada@lovelace.example", customer.Email);
    }

    [Theory]
    [InlineData("", "Ada", "id")]
    [InlineData("a/b", "Ada", "id")]
    [InlineData("ada\n", "Ada", "id")]
    [InlineData("ada", " ", "name")]
    public void A_wrong_field_is_named(string id, string name, string field) =>
        Assert.Equal(field, Assert.Throws<DomainException>(() => Customer.Register(id, "ada@lovelace.example", name, false, s_now)).Field);

    [Fact]
    public void Premium_membership_is_granted_and_ended()
    {
        var customer = Ada();

        customer.GrantPremium();
        Assert.True(customer.Premium);

        customer.EndPremium();
        Assert.False(customer.Premium);
    }

    [Fact]
    public void A_customer_can_have_another_name()
    {
        var customer = Ada();

        customer.Rename(" Ada King ");

        Assert.Equal("Ada King", customer.Name);
        Assert.Equal("name", Assert.Throws<DomainException>(() => customer.Rename(" ")).Field);
    }

    [Fact]
    public void The_same_registration_is_recognised()
    {
        Assert.True(Ada().IsRegisteredAs(Customer.Register("ada", "ada@lovelace.example", "Ada", false, s_now.AddDays(1))));
        Assert.False(Ada().IsRegisteredAs(Customer.Register("ada", "ada@lovelace.example", "Ada", true, s_now)));
    }

    private static Customer Ada() => Customer.Register("ada", "ada@lovelace.example", "Ada", false, s_now);
}
