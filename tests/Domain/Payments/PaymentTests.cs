using DaprShop.Payments.Domain;

namespace DaprShop.Domain.Tests.Payments;

public sealed class PaymentTests
{
    private readonly Payment _charged = Payment.Start("o1", "c1", Pounds(10), "tok_visa").Charge("ch_1");

    [Fact]
    public void A_payment_starts_pending_with_what_is_needed_to_ask_again()
    {
        var payment = Payment.Start("o1", "c1", Pounds(10), "tok_visa");

        Assert.Equal(PaymentState.Pending, payment.State);
        Assert.Equal("tok_visa", payment.CardToken);
    }

    [Fact]
    public void A_settled_payment_forgets_the_card()
    {
        Assert.Null(_charged.CardToken);
        Assert.Null(Payment.Start("o1", "c1", Pounds(10), "tok_visa").Decline("no").CardToken);
    }

    [Fact]
    public void A_charged_payment_is_not_charged_or_declined_again()
    {
        Assert.Throws<DomainException>(() => _charged.Charge("ch_2"));
        Assert.Throws<DomainException>(() => _charged.Decline("no"));
    }

    [Fact]
    public void A_refund_counts_once_it_is_made()
    {
        var promised = _charged.Promise("r1", Pounds(4));
        Assert.Equal(Pounds(0), promised.Refunded);

        Assert.Equal(Pounds(4), promised.Give("r1").Refunded);
    }

    [Fact]
    public void The_same_refund_again_changes_nothing()
    {
        var once = _charged.Promise("r1", Pounds(4)).Give("r1");

        Assert.Same(once, once.Promise("r1", Pounds(4)));
    }

    [Fact]
    public void A_refund_id_with_another_amount_is_a_conflict()
    {
        var error = Assert.Throws<DomainException>(() => _charged.Promise("r1", Pounds(4)).Promise("r1", Pounds(5)));

        Assert.Equal(PaymentErrors.KeyReused, error.Code);
    }

    [Theory]
    [InlineData(10.01)]
    [InlineData(6.01)]
    public void No_more_is_given_back_than_was_charged(decimal amount)
    {
        var payment = amount > 10 ? _charged : _charged.Promise("r1", Pounds(4));

        var error = Assert.Throws<DomainException>(() => payment.Promise("r2", Pounds(amount)));

        Assert.Equal(PaymentErrors.RefundExceedsCharge, error.Code);
    }

    [Fact]
    public void Another_currency_is_not_given_back() =>
        Assert.Throws<DomainException>(() => _charged.Promise("r1", new Money(1, "EUR")));

    [Fact]
    public void A_refused_refund_is_owed_until_somebody_settles_it()
    {
        var refused = _charged.Promise("r1", Pounds(10)).Refuse("r1", "card_closed");
        Assert.Equal((Pounds(0), Pounds(10)), (refused.Refunded, refused.Promised));

        var settled = refused.Settle("r1", "sam", "by bank transfer");

        Assert.True(settled.IsGivenBack);
        Assert.Same(settled, settled.Settle("r1", "beth", "again"));
    }

    [Fact]
    public void What_was_not_refused_is_not_settled()
    {
        Assert.Equal(PaymentErrors.NotRefused, Assert.Throws<DomainException>(() => _charged.Promise("r1", Pounds(4)).Settle("r1", "sam", "x")).Code);
        Assert.Equal("not-found", Assert.Throws<DomainException>(() => _charged.Settle("r1", "sam", "x")).Code);
    }

    [Fact]
    public void A_payment_does_not_tell_its_card() =>
        Assert.DoesNotContain("tok_visa", Payment.Start("o1", "c1", Pounds(10), "tok_visa").ToString(), StringComparison.Ordinal);

    [Fact]
    public void What_was_not_charged_cannot_be_given_back() =>
        Assert.Throws<DomainException>(() => Payment.NeverToBe("o1", "GBP").Promise("r1", Pounds(1)));

    private static Money Pounds(decimal amount) => new(amount, "GBP");
}
