using DaprShop.Orders.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Discounts;

/// <summary>The discounts as they are now. Until they were read for the first time nothing is priced: a price without them would be wrong.</summary>
public sealed class CurrentDiscounts
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<Discount> _discounts = [];

    /// <exception cref="DependencyUnavailableException">The configuration store has not answered since the start.</exception>
    public async Task<IReadOnlyList<Discount>> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _read.Task.WaitAsync(s_patience, cancellationToken);
            return _discounts;
        }
        catch (TimeoutException late)
        {
            throw new DependencyUnavailableException(DiscountFeed.Store, "the discounts were not read yet", late);
        }
    }

    public void Replace(IReadOnlyList<Discount> discounts)
    {
        _discounts = discounts;
        _read.TrySetResult();
    }

    /// <summary>What was read is not good; those before stay, and at the start there are none.</summary>
    public void Keep() => _read.TrySetResult();
}
