namespace DaprShop.Orders.Discounts;

internal static class DiscountRegistration
{
    /// <summary>Adds the discounts of the configuration store, kept as they are now, and the coupons' uses.</summary>
    public static void AddDiscounts(this IServiceCollection services)
    {
        services.AddSingleton<CurrentDiscounts>();
        services.AddSingleton<CouponBook>();
        services.AddHostedService<DiscountFeed>();
    }
}
