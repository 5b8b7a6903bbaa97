using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Search.Index;
using DaprShop.ServiceDefaults;

namespace DaprShop.Search;

/// <summary>What search hears of. Events come twice, late and in any order; what cannot be an event of the shop is a dead letter.</summary>
internal static class SearchEvents
{
    public static void MapTopics(this IEndpointRouteBuilder app)
    {
        app.MapTopic(Topics.Catalog, pubSub: Topics.IndexEvents)
            .On<ProductCreated>(OnCreated)
            .On<ProductPriceChanged>(OnPriceChanged)
            .On<ProductDiscontinued>(OnDiscontinued)
            .On<ProductReviewed>(OnReviewed);
        app.MapTopic(Topics.Orders, pubSub: Topics.IndexEvents)
            .On<OrderConfirmed>(OnConfirmed)
            .On<OrderReturned>(OnReturned);
    }

    private static async Task<EventOutcome> OnCreated(CloudEvent<ProductCreated> received, Projection projection, CancellationToken cancellationToken) =>
        received.Data is { Name: not null } created && Identifiers.IsSku(created.Sku) && IsPrice(created.Price)
            ? await projection.ApplyAsync(
                received,
                tables =>
                {
                    tables.Create(created.Sku, created.Name, created.Category, created.Description);
                    tables.SetPrice(created.Sku, created.Price, new Stamp(created.Version, created.At));
                },
                cancellationToken)
            : EventOutcome.Dropped;

    private static async Task<EventOutcome> OnPriceChanged(
        CloudEvent<ProductPriceChanged> received, Projection projection, CancellationToken cancellationToken) =>
        received.Data is { } changed && Identifiers.IsSku(changed.Sku) && IsPrice(changed.Price)
            ? await projection.ApplyAsync(
                received, tables => tables.SetPrice(changed.Sku, changed.Price, new Stamp(changed.Version, changed.At)), cancellationToken)
            : EventOutcome.Dropped;

    private static async Task<EventOutcome> OnDiscontinued(
        CloudEvent<ProductDiscontinued> received, Projection projection, CancellationToken cancellationToken) =>
        Identifiers.IsSku(received.Data?.Sku)
            ? await projection.ApplyAsync(received, tables => tables.Discontinue(received.Data!.Sku), cancellationToken)
            : EventOutcome.Dropped;

    private static async Task<EventOutcome> OnReviewed(CloudEvent<ProductReviewed> received, Projection projection, CancellationToken cancellationToken) =>
        received.Data is { CustomerId: not null, Rating: >= 1 and <= 5 } review && Identifiers.IsSku(review.Sku)
            ? await projection.ApplyAsync(
                received,
                tables => tables.Review(review.Sku, review.CustomerId, review.Rating, new Stamp(review.Version, review.At)),
                cancellationToken)
            : EventOutcome.Dropped;

    // An order is cancelled only before it is confirmed; after that its goods come back by returns.
    private static Task<EventOutcome> OnConfirmed(CloudEvent<OrderConfirmed> received, Projection projection, CancellationToken cancellationToken) =>
        SellAsync(received, projection, received.Data?.Lines?.Select(line => (line.Sku, line.Quantity)), cancellationToken);

    private static Task<EventOutcome> OnReturned(CloudEvent<OrderReturned> received, Projection projection, CancellationToken cancellationToken) =>
        SellAsync(received, projection, received.Data?.Lines?.Select(line => (line.Sku, -line.Quantity)), cancellationToken);

    private static async Task<EventOutcome> SellAsync<T>(
        CloudEvent<T> received, Projection projection, IEnumerable<(string Sku, int Units)>? lines, CancellationToken cancellationToken)
    {
        // Events from before the lines were in them say nothing of units.
        List<(string Sku, int Units)> sold = [.. lines ?? []];
        return sold.Count == 0 ? EventOutcome.Taken
            : sold.TrueForAll(line => Identifiers.IsSku(line.Sku)) ? await projection.SellAsync(received, sold, cancellationToken)
            : EventOutcome.Dropped;
    }

    private static bool IsPrice(MoneyAmount? price) => price is { Amount: > 0 and <= Money.Limit } && Currency.IsKnown(price.Currency);
}
