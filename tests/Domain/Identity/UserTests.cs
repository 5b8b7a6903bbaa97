using DaprShop.Identity.Domain;

namespace DaprShop.Domain.Tests.Identity;

public sealed class UserTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly User _user = User.Register(
        "ada", new EmailAddress("ada@example.org"), " Ada ", "hash", new PendingVerification("t1", s_now, s_now.AddHours(1)), s_now);

    [Fact]
    public void A_new_user_is_a_customer_who_waits_for_verification() =>
        Assert.Equal(("Ada", "customer", null), (_user.Name, _user.Roles.Single(), _user.VerifiedAt));

    [Fact]
    public void The_token_verifies_before_it_expires()
    {
        Assert.True(_user.IsVerifiedBy("t1", s_now.AddMinutes(59)));
        Assert.False(_user.IsVerifiedBy("t1", s_now.AddHours(1)));
        Assert.False(_user.IsVerifiedBy("t2", s_now));
    }

    [Fact]
    public void A_user_is_verified_once()
    {
        Assert.Equal("ada", _user.Verify(s_now)!.UserId);

        Assert.Null(_user.Verify(s_now));
        Assert.False(_user.IsVerifiedBy("t1", s_now));
    }

    [Fact]
    public void A_new_token_replaces_the_old_one()
    {
        _user.Await(new PendingVerification("t2", s_now, s_now.AddHours(1)));

        Assert.False(_user.IsVerifiedBy("t1", s_now));
        Assert.True(_user.IsVerifiedBy("t2", s_now));
    }

    [Fact]
    public void Another_message_waits_for_a_pause_and_is_not_for_the_verified()
    {
        Assert.False(_user.MayBeAskedAgain(s_now.AddSeconds(59), s_minute));
        Assert.True(_user.MayBeAskedAgain(s_now.AddSeconds(60), s_minute));

        _user.Verify(s_now);
        Assert.False(_user.MayBeAskedAgain(s_now.AddDays(1), s_minute));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void A_user_has_a_name(string? name) =>
        Assert.Equal("name", Assert.Throws<DomainException>(() => User.CheckedName(name)).Field);

    [Fact]
    public void A_name_is_not_endless() =>
        Assert.Equal("name", Assert.Throws<DomainException>(() => User.CheckedName(new string('a', 201))).Field);
}
