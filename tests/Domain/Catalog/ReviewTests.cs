using DaprShop.Catalog.Domain;
using DaprShop.Contracts;

namespace DaprShop.Domain.Tests.Catalog;

public sealed class ReviewTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_customers_second_review_takes_the_place_of_the_first()
    {
        var reviews = Reviews.None.Put("mug", "c1", 2, "leaks", s_now).Next.Put("mug", "c2", 4, null, s_now).Next;

        var (changed, happened) = reviews.Put("mug", "c1", 5, " a new one does not ", s_now);

        Assert.Equal([("c2", 4), ("c1", 5)], changed.Items.Select(review => (review.CustomerId, review.Rating)));
        Assert.Equal(new ProductReviewed("mug", "c1", 5, "a new one does not", s_now, 2), happened);
    }

    [Fact]
    public void The_same_review_again_changes_nothing()
    {
        var reviews = Reviews.None.Put("mug", "c1", 2, "leaks", s_now).Next;

        Assert.Null(reviews.Put("mug", "c1", 2, "leaks ", s_now.AddDays(1)).Happened);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void A_rating_is_1_to_5(int rating) =>
        Assert.Equal("rating", Assert.Throws<DomainException>(() => Reviews.None.Put("mug", "c1", rating, null, s_now)).Field);

    [Fact]
    public void A_text_has_an_end() => Assert.Equal("text", Assert.Throws<DomainException>(
        () => Reviews.None.Put("mug", "c1", 1, new string('x', Review.MaxTextLength + 1), s_now)).Field);
}
