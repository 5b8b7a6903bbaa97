using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Orders.Discounts;
using DaprShop.Orders.Domain;
using DaprShop.Orders.Saga;
using DaprShop.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace DaprShop.Orders;

/// <summary>Turns a request into a placed order: checks it with customers and catalog, prices it, saves it once, and starts its saga.</summary>
public sealed class Checkout(
    OrderStore orders,
    OrderIndex index,
    CurrentDiscounts discounts,
    CouponBook coupons,
    OrderSagas sagas,
    [FromKeyedServices(AppIds.Customers)] ServiceClient customers,
    [FromKeyedServices(AppIds.Catalog)] ServiceClient catalog,
    IOptions<OrderOptions> options,
    TimeProvider time)
{
    /// <summary>Places the order. The same key with the same request gives the same order.</summary>
    /// <exception cref="InvalidInputException">The request cannot be taken; nothing was stored.</exception>
    /// <exception cref="DomainException">The key was used for another request (idempotency-key-reused).</exception>
    public async Task<OrderState> PlaceAsync(PlaceOrder request, string idempotencyKey, CancellationToken cancellationToken)
    {
        var address = PlaceOrderInput.Check(request);
        var orderId = OrderIds.Of(request.CustomerId, idempotencyKey);
        var hash = PlaceOrderInput.HashOf(request);
        if (await orders.FindAsync(orderId, cancellationToken) is { } known)
        {
            return SameOrConflict(known, hash);
        }

        var order = await PriceAsync(orderId, request, address, hash, cancellationToken);
        await index.AddAsync(order, cancellationToken);
        try
        {
            await orders.InsertAsync(order, cancellationToken);
        }
        catch (StateConflictException)
        {
            // The same key came twice at the same time; the other request was first.
            return SameOrConflict(await orders.GetAsync(orderId, cancellationToken), hash);
        }

        await sagas.SoonAsync(orderId, saga => saga.StartAsync(order.State, cancellationToken));
        return order.State;
    }

    private async Task<Order> PriceAsync(string orderId, PlaceOrder request, Address address, string hash, CancellationToken cancellationToken)
    {
        var lookUp = new LookUpProducts([.. request.Lines.Select(line => line.Sku).Distinct()]);
        var customerTask = customers.FindAsync<CustomerResponse>($"customers/{request.CustomerId}", cancellationToken);
        var productsTask = catalog.PostAsync<ProductsFound>("products/lookup", lookUp, cancellationToken);
        var discountsTask = discounts.GetAsync(cancellationToken);
        await Task.WhenAll(customerTask, productsTask, discountsTask);
        var (customer, found) = (await customerTask, await productsTask);
        var products = found.Value?.Products.ToDictionary(product => product.Sku)
            ?? throw new DependencyUnavailableException(AppIds.Catalog, "no answer to a look-up");

        var errors = new InputErrors();
        errors.Check(customer is { Active: true }, "customerId", "is not a customer of the shop");
        var now = time.GetUtcNow();
        var order = Order.Start(orderId, request.CustomerId, request.Currency, now);
        for (var i = 0; i < request.Lines.Count; i++)
        {
            AddLine(order, request.Lines[i], $"lines[{i}]", products, errors);
        }

        errors.ThrowIfAny();
        var price = Pricing.Of(order.State.Lines, request.Currency, customer!.Premium, await discountsTask, request.CouponCode, now);
        if (price.Coupon is { OncePerCustomer: true } coupon)
        {
            await coupons.ClaimAsync(coupon, request.CustomerId, orderId, cancellationToken);
        }

        order.Place(price, address, request.Payment, price.Total.Amount > options.Value.ApprovalThreshold, hash, now);
        return order;
    }

    private static void AddLine(
        Order order, OrderLineRequest line, string path, Dictionary<string, ProductResponse> products, InputErrors errors)
    {
        if (!products.TryGetValue(line.Sku, out var product))
        {
            errors.Add($"{path}.sku", "is not a product of the shop");
        }
        else if (product.Discontinued)
        {
            errors.Add($"{path}.sku", "is not sold any more");
        }
        else if (product.Price.Currency != order.State.Currency)
        {
            errors.Add("currency", $"{line.Sku} is sold in {product.Price.Currency}");
        }
        else
        {
            order.AddLine(product.Sku, product.Name, line.Quantity, product.Price.ToMoney());
        }
    }

    private static OrderState SameOrConflict(OrderState known, string hash) => known.RequestHash == hash
        ? known
        : throw new DomainException(Problems.IdempotencyKeyReused, "This Idempotency-Key was used for another order");
}
