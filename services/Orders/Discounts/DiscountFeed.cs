using System.Text.Json;
using Dapr;
using Dapr.Client;
using DaprShop.ServiceDefaults;
using Grpc.Core;

namespace DaprShop.Orders.Discounts;

/// <summary>
/// Keeps <see cref="CurrentDiscounts"/> as the key <c>discounts</c> of the configuration store says (Dapr configuration API). What cannot be
/// read is refused with a line in the log, and the last good discounts stay.
/// </summary>
internal sealed partial class DiscountFeed(DaprClient dapr, CurrentDiscounts discounts, TimeProvider time, ILogger<DiscountFeed> logger)
    : BackgroundService
{
    public const string Store = "shop-configuration";
    public const string Key = "discounts";

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private string? _seen;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ReadAsync(stoppingToken);
                var subscription = await dapr.SubscribeConfiguration(Store, [Key], cancellationToken: stoppingToken);

                // The first message, without items, says that the subscription is there. Each is a reason to read, so that a change
                // between two subscriptions is not missed.
                await foreach (var _ in subscription.Source.WithCancellation(stoppingToken))
                {
                    await ReadAsync(stoppingToken);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested && e is DaprException or RpcException or OperationCanceledException)
            {
                Interrupted(e.Message);
            }

            await Task.Delay(s_pause, time, stoppingToken);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var items = (await dapr.GetConfiguration(Store, [Key], cancellationToken: cancellationToken)).Items;
        var text = items.TryGetValue(Key, out var item) ? item.Value : "";
        if (text == _seen)
        {
            return;
        }

        _seen = text;
        try
        {
            var read = DiscountRule.ReadAll(text);
            discounts.Replace(read);
            Changed(read.Count);
        }
        catch (InvalidInputException refused)
        {
            discounts.Keep();
            Refused(string.Join("; ", refused.Errors.Select(error => $"{error.Key} {string.Join(", ", error.Value)}")));
        }
        catch (JsonException refused)
        {
            discounts.Keep();
            Refused(refused.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "{Count} discounts from the configuration store")]
    private partial void Changed(int count);

    [LoggerMessage(LogLevel.Error, "The discounts of the configuration store are refused, those before stay: {Reason}")]
    private partial void Refused(string reason);

    [LoggerMessage(LogLevel.Warning, "The configuration store does not tell of changes now: {Reason}")]
    private partial void Interrupted(string reason);
}
