using System.Collections.Concurrent;
using DaprShop.Contracts;

namespace DaprShop.Replay;

/// <summary>One comparison: what the shop says, what it should be, and whether they agree (null: told, not judged).</summary>
internal sealed record Finding(string Subject, string Shop, string Expected, bool? Holds, string? Detail = null);

/// <summary>All comparisons; <see cref="Holds"/> is false when an invariant is broken.</summary>
internal sealed record ReconciliationReport(IReadOnlyList<Finding> Findings)
{
    public bool Holds => Findings.All(finding => finding.Holds != false);
}

/// <summary>
/// Reads every order, payment, shipment and stock figure back through the gateway and holds them against the plan and one
/// another: the invariants of the order saga.
/// </summary>
internal sealed class Reconciliation
{
    private readonly ReplayPlan _plan;
    private readonly Journal _journal;
    private readonly Dictionary<string, OrderResponse> _orders;
    private readonly Dictionary<string, PaymentResponse> _payments;
    private readonly Dictionary<string, ShipmentResponse> _shipments;
    private readonly Dictionary<string, StockResponse> _stock;
    private readonly Dictionary<string, long> _events;
    private readonly CardLedger _ledger;
    private readonly SalesFigures _sales;

    private Reconciliation(
        ReplayPlan plan,
        Journal journal,
        Dictionary<string, OrderResponse> orders,
        Dictionary<string, PaymentResponse> payments,
        Dictionary<string, ShipmentResponse> shipments,
        Dictionary<string, StockResponse> stock,
        Dictionary<string, long> events,
        CardLedger ledger,
        SalesFigures sales)
    {
        _plan = plan;
        _journal = journal;
        _orders = orders;
        _payments = payments;
        _shipments = shipments;
        _stock = stock;
        _events = events;
        _ledger = ledger;
        _sales = sales;
    }

    private IEnumerable<(PlannedOrder Planned, OrderResponse Order)> Accepted =>
        _plan.Orders.Where(planned => _orders.ContainsKey(planned.Invoice)).Select(planned => (planned, _orders[planned.Invoice]));

    private IEnumerable<OrderResponse> Confirmed => _orders.Values.Where(IsConfirmed);

    private IEnumerable<OrderResponse> Cancelled => _orders.Values.Where(order => order.Status == OrderStatus.Cancelled);

    public static async Task<ReconciliationReport> ReadAsync(
        ShopClient shop, ReplayPlan plan, Journal journal, ReplayOptions options, CancellationToken cancellation)
    {
        var settled = new Settling(shop, options.Patience);
        var orders = await settled.OrdersAsync(journal.Accepted, journal.Returned, cancellation);
        var ids = orders.Values.Select(order => order.Id).ToArray();
        var payments = await ReadAllAsync<PaymentResponse>(shop, ids, id => $"/api/payments/{id}", cancellation);
        var shipments = await ReadAllAsync<ShipmentResponse>(shop, ids, id => $"/api/shipments/{id}", cancellation);
        var stock = await ReadAllAsync<StockResponse>(shop, plan.Products.Keys, sku => $"/api/inventory/{sku}", cancellation);
        var ledger = await shop.GetAsync<CardLedger>("/api/operations/cardprovider/ledger", cancellation);
        var expected = ExpectedEvents(orders, payments, shipments);
        var events = await settled.EventsAsync(expected, cancellation);
        var sales = await settled.SalesAsync(orders.Values, cancellation);
        return new Reconciliation(plan, journal, orders, payments, shipments, stock, events, ledger, sales).Compare(expected);
    }

    private ReconciliationReport Compare(Dictionary<string, long> expectedEvents) => new(
    [
        .. CompareOrders(),
        .. CompareMoney(),
        .. CompareGoods(),
        .. expectedEvents.Select(CompareEvents),
    ]);

    private IEnumerable<Finding> CompareOrders()
    {
        var planned = _plan.Orders.Count();
        yield return Equal("invoices offered as orders", _journal.Accepted.Count + _journal.NotAccepted.Count, planned);
        yield return Told("  orders accepted", _journal.Accepted.Count, _journal.NotAccepted.IsEmpty ? null : _journal.NotAccepted.First().Value);
        yield return Told("  orders confirmed", Confirmed.Count());
        foreach (var reason in Cancelled.GroupBy(order => $"{order.Cancellation?.Step}: {order.Cancellation?.Code}").OrderBy(group => group.Key))
        {
            yield return Told($"  orders cancelled, {reason.Key}", reason.Count());
        }

        yield return Equal(
            "orders still open", _orders.Values.Count(order => order.Status == OrderStatus.Pending), 0, FirstOrder(order => order.Status == OrderStatus.Pending));
        yield return Equal(
            "returns settled",
            _orders.Values.Sum(order => order.CreditNotes.Count),
            _journal.Returned.Count,
            _journal.RefusedReturns.IsEmpty ? null : _journal.RefusedReturns.First().Answer);
        yield return Told("  cancelled before they were confirmed", _journal.Cancelled.Count);
        yield return Told("  of orders that had ended Cancelled", _journal.NothingToReturn.Count);
        yield return Equal("returns refused by the shop", _journal.RefusedReturns.Count, 0);
    }

    private IEnumerable<Finding> CompareMoney()
    {
        yield return Equal("value of accepted orders", Accepted.Sum(pair => pair.Order.Total.Amount), Accepted.Sum(pair => pair.Planned.Total));
        yield return Broken("orders whose total differs from the file", Accepted.Where(pair => pair.Order.Total.Amount != pair.Planned.Total).Select(pair => pair.Order.Id));
        var invoiced = Confirmed.Sum(order => order.Invoice?.Amount.Amount ?? 0);
        yield return Equal("invoiced", invoiced, Confirmed.Sum(order => order.Total.Amount));
        var credited = Confirmed.Sum(Credited);
        yield return Equal("credited for returns", credited, _journal.Returned.Sum(ValueOf));
        yield return Equal("charged − refunded", _payments.Values.Sum(Held), invoiced - credited);
        yield return Broken(
            "orders with money unlike their invoice",
            _orders.Values.Where(order => HeldFor(order.Id) != (order.Invoice?.Amount.Amount ?? 0) - Credited(order)).Select(order => order.Id));
        yield return CompareLedger();
        yield return CompareSales();
    }

    // The card provider keeps its ledger in memory: after a restart it knows less than the shop, never more.
    private Finding CompareLedger()
    {
        var held = _payments.Values.Sum(Held);
        var atProvider = _ledger.Charged - _ledger.Refunded;
        return atProvider == held
            ? Equal("held by the card provider", atProvider, held)
            : new Finding("held by the card provider", Text(atProvider), Text(held), null, "it was restarted, or others shop here too");
    }

    // To the penny, and against the file: unless others have shopped here too, whose sales cannot be told from these.
    private Finding CompareSales()
    {
        var sold = _plan.Orders.Where(planned => _orders.GetValueOrDefault(planned.Invoice)?.Invoice is not null).Sum(planned => planned.Total);
        var expected = sold - _journal.Returned.Sum(ValueOf);
        var ofOthers = _sales.Orders > _orders.Values.Count(order => order.Invoice is not null)
            || _sales.Returns > _orders.Values.Sum(order => order.CreditNotes.Count);
        return ofOthers
            ? new Finding("sales in analytics", Text(_sales.Net.Amount), Text(expected), null, "others shop here too")
            : Equal("sales in analytics", _sales.Net.Amount, expected);
    }

    private IEnumerable<Finding> CompareGoods()
    {
        yield return Broken(
            "products whose units do not add up",
            _stock.Values.Where(stock => stock.OnHand + stock.Reserved + stock.Shipped != stock.Received || stock.OnHand < 0).Select(stock => stock.Sku));
        yield return Equal("units still reserved", _stock.Values.Sum(stock => stock.Reserved), 0);
        var sold = UnitsSold();
        var ours = _stock.Values.Where(stock => stock.Received == _plan.Products[stock.Sku].Units).ToArray();
        yield return Equal(
            "units shipped", ours.Sum(stock => stock.Shipped), ours.Sum(stock => sold.GetValueOrDefault(stock.Sku)));
        yield return Broken(
            "products with other units shipped than sold",
            ours.Where(stock => stock.Shipped != sold.GetValueOrDefault(stock.Sku)).Select(stock => stock.Sku));
        if (ours.Length < _stock.Count)
        {
            yield return Told("  products that others deliver too, not compared", _stock.Count - ours.Length);
        }

        yield return Equal("shipments of confirmed orders", Confirmed.Count(order => IsUnderWay(order.Id)), Confirmed.Count());
        yield return Broken("shipments of cancelled orders", Cancelled.Where(order => IsUnderWay(order.Id)).Select(order => order.Id));
    }

    // Others may have shopped here before: then there are more events than this replay explains, but never fewer.
    private Finding CompareEvents(KeyValuePair<string, long> expected)
    {
        var seen = _events.GetValueOrDefault(expected.Key);
        return new Finding($"events {expected.Key}", $"{seen}", $"{expected.Value}", seen >= expected.Value);
    }

    private Dictionary<string, int> UnitsSold()
    {
        var sold = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var order in Confirmed)
        {
            foreach (var line in order.Lines)
            {
                sold[line.Sku] = sold.GetValueOrDefault(line.Sku) + line.Quantity;
            }

            foreach (var line in order.CreditNotes.SelectMany(note => note.Lines))
            {
                sold[line.Sku] -= line.Quantity;
            }
        }

        return sold;
    }

    private decimal ValueOf(PlannedReturn back) => back.Lines.Sum(line => _plan.Products[line.Key].Price * line.Value);

    private decimal HeldFor(string orderId) => _payments.TryGetValue(orderId, out var payment) ? Held(payment) : 0;

    private bool IsUnderWay(string orderId) => _shipments.TryGetValue(orderId, out var shipment) && shipment.Status != ShipmentStatus.Cancelled;

    private string? FirstOrder(Func<OrderResponse, bool> isIt) => _orders.Values.FirstOrDefault(isIt)?.Id;

    // Its goods may have left since.
    private static bool IsConfirmed(OrderResponse order) => order.Status is not (OrderStatus.Pending or OrderStatus.Cancelled);

    private static decimal Held(PaymentResponse payment) => payment.Charged.Amount - payment.Refunded.Amount;

    private static decimal Credited(OrderResponse order) => order.CreditNotes.Sum(note => note.Amount.Amount);

    private static Dictionary<string, long> ExpectedEvents(
        Dictionary<string, OrderResponse> orders, Dictionary<string, PaymentResponse> payments, Dictionary<string, ShipmentResponse> shipments) => new()
    {
        [$"{Topics.Orders}/{nameof(OrderCreated)}"] = orders.Count,
        [$"{Topics.Orders}/{nameof(OrderConfirmed)}"] = orders.Values.Count(IsConfirmed),
        [$"{Topics.Orders}/{nameof(OrderCancelled)}"] = orders.Values.Count(order => order.Status == OrderStatus.Cancelled),
        [$"{Topics.Orders}/{nameof(OrderReturned)}"] = orders.Values.Sum(order => order.CreditNotes.Count),
        [$"{Topics.Payments}/{nameof(PaymentCharged)}"] = payments.Values.Count(payment => payment.Charged.Amount > 0),
        [$"{Topics.Payments}/{nameof(PaymentDeclined)}"] = payments.Values.Count(payment => payment.Status == PaymentStatus.Declined),
        [$"{Topics.Shipping}/{nameof(ShipmentCreated)}"] = shipments.Values.Count(shipment => shipment.TrackingNumber.Length > 0 && shipment.Status != ShipmentStatus.Cancelled),
    };

    private static async Task<Dictionary<string, T>> ReadAllAsync<T>(
        ShopClient shop, IEnumerable<string> keys, Func<string, string> path, CancellationToken cancellation)
    {
        var found = new ConcurrentDictionary<string, T>();
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation }, async (key, token) =>
        {
            if (await shop.FindAsync<T>(path(key), token) is { } value)
            {
                found[key] = value;
            }
        });
        return new Dictionary<string, T>(found, StringComparer.Ordinal);
    }

    private static Finding Equal(string subject, decimal shop, decimal expected, string? detail = null) =>
        new(subject, Text(shop), Text(expected), shop == expected, shop == expected ? null : detail);

    private static Finding Broken(string subject, IEnumerable<string> ids)
    {
        var broken = ids.ToArray();
        return new Finding(subject, $"{broken.Length}", "0", broken.Length == 0, broken.Length == 0 ? null : string.Join(", ", broken.Take(5)));
    }

    private static Finding Told(string subject, int count, string? detail = null) => new(subject, $"{count}", "", null, detail);

    private static string Text(decimal value) => decimal.IsInteger(value) ? $"{value:0}" : $"{value:0.00}";
}
