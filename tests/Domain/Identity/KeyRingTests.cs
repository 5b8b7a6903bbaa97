using DaprShop.Identity.Domain;

namespace DaprShop.Domain.Tests.Identity;

public sealed class KeyRingTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_keep = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(30);

    [Fact]
    public void An_empty_ring_needs_a_key() => Assert.True(KeyRing.Empty.IsDue(s_now, s_lifetime));

    [Fact]
    public void A_key_is_replaced_when_its_lifetime_is_over()
    {
        var ring = KeyRing.Empty.Rotate(Key("k1", s_now), s_now, s_keep);

        Assert.False(ring.IsDue(s_now.AddDays(29), s_lifetime));
        Assert.True(ring.IsDue(s_now.AddDays(30), s_lifetime));
    }

    [Fact]
    public void The_newest_key_signs_and_the_old_one_is_published_while_its_tokens_are_good()
    {
        var later = s_now.AddDays(1);
        var ring = KeyRing.Empty.Rotate(Key("k1", s_now), s_now, s_keep).Rotate(Key("k2", later), later, s_keep);

        Assert.Equal("k2", ring.Current!.Id);
        Assert.Equal(["k2", "k1"], Published(ring, later.AddMinutes(19)));
        Assert.Equal(["k2"], Published(ring, later.AddMinutes(20)));
    }

    [Fact]
    public void A_rotation_throws_away_what_nobody_needs_any_more()
    {
        var ring = KeyRing.Empty;
        for (var day = 0; day < 10; day++)
        {
            ring = ring.Rotate(Key($"k{day}", s_now.AddDays(day)), s_now.AddDays(day), s_keep);
        }

        Assert.Equal(["k9", "k8"], ring.Keys.Select(key => key.Id));
    }

    private static IEnumerable<string> Published(KeyRing ring, DateTimeOffset at) => ring.Published(at, s_keep).Select(key => key.Id);

    private static SigningKey Key(string id, DateTimeOffset created) => new(id, "x", "y", "encrypted", created);
}
