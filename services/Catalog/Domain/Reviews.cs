using DaprShop.Contracts;
using DaprShop.Domain;

namespace DaprShop.Catalog.Domain;

/// <summary>Reviews of one product, one a customer.</summary>
public sealed record Reviews(IReadOnlyList<Review> Items)
{
    public static Reviews None { get; } = new([]);

    /// <summary>Adds the customer's review, or puts it in the place of the one before.</summary>
    /// <exception cref="DomainException">The rating or the text cannot be (by field).</exception>
    public Decision<Reviews> Put(string sku, string customerId, int rating, string? text, DateTimeOffset now)
    {
        var before = Items.FirstOrDefault(review => review.CustomerId == customerId);
        var review = new Review(customerId, rating, text, now, (before?.Version ?? 0) + 1);
        if (before is not null && before.Rating == review.Rating && before.Text == review.Text)
        {
            return new(this, null);
        }

        return new(
            new Reviews([.. Items.Where(other => other != before), review]),
            new ProductReviewed(sku, customerId, review.Rating, review.Text, now, review.Version));
    }
}

/// <summary>What a customer thinks of a product; the version counts how often they said so.</summary>
public sealed record Review
{
    public const int MaxTextLength = 1_000;

    public Review(string customerId, int rating, string? text, DateTimeOffset at, long version)
    {
        if (rating is < 1 or > 5)
        {
            throw new DomainException(DomainErrors.Invalid, "is 1 to 5", "rating");
        }

        if (text?.Trim().Length > MaxTextLength)
        {
            throw new DomainException(DomainErrors.Invalid, $"has more than {MaxTextLength} characters", "text");
        }

        CustomerId = customerId;
        Rating = rating;
        Text = string.IsNullOrWhiteSpace(text) ? null : text.Trim();
        At = at;
        Version = version;
    }

    public string CustomerId { get; }

    public int Rating { get; }

    public string? Text { get; }

    public DateTimeOffset At { get; }

    public long Version { get; }
}
