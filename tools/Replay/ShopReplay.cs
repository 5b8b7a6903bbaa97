using System.Diagnostics;
using DaprShop.Contracts;

namespace DaprShop.Replay;

/// <summary>Plays a plan: stocks the shop, registers its customers, then places orders and gives goods back in the order of the file.</summary>
internal sealed class ShopReplay(ShopClient shop, ReplayPlan plan, ReplayOptions options)
{
    /// <summary>All prices of the file.</summary>
    public const string Currency = "GBP";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly Journal _journal = new();
    private readonly string _name = Path.GetFileName(options.File.Name).Split(".csv")[0];
    private readonly Dictionary<PlannedOrder, Placement> _placements = plan.Orders.ToDictionary(order => order, _ => new Placement());

    public async Task<Journal> RunAsync(CancellationToken cancellation)
    {
        await SwitchFaultsAsync(cancellation);
        var clock = Stopwatch.StartNew();
        using (var progress = new ProgressLine("Stocking the shop", plan.Products.Count + plan.Customers.Count))
        {
            await InParallelAsync(plan.Customers, RegisterAsync, progress, cancellation);
            await InParallelAsync(plan.Products.Values, StockAsync, progress, cancellation);
        }

        _journal.SetUp = clock.Elapsed;
        clock.Restart();
        using (var progress = new ProgressLine("Replaying orders", plan.Steps.Count))
        {
            await InParallelAsync(plan.Steps, PlayAsync, progress, cancellation);
        }

        _journal.Replay = clock.Elapsed;
        return _journal;
    }

    private async Task SwitchFaultsAsync(CancellationToken cancellation)
    {
        await shop.WriteAsync(
            HttpMethod.Put, "/api/operations/cardprovider/faults", new CardFaults(options.DeclinePercent, options.ProviderTimeoutPercent), cancellation);
        await shop.WriteAsync(
            HttpMethod.Put, "/api/operations/shipping/faults", new ShippingFaults(options.RefuseShipmentPercent), cancellation);
    }

    private async Task RegisterAsync(string customer, CancellationToken cancellation)
    {
        var answer = await shop.PostAsync(
            "/api/customers", new RegisterCustomer(customer, $"{customer}@customers.example", $"Customer {customer}"), null, cancellation);
        Expect(answer, $"customer {customer}");
    }

    private async Task StockAsync(PlannedProduct product, CancellationToken cancellation)
    {
        var answer = await shop.PostAsync(
            "/api/products", new CreateProduct(product.Sku, product.Name, new MoneyAmount(product.Price, Currency)), null, cancellation);

        // 409: another file described the same code at the same price in other words. It is the same product.
        if (answer.Status != 409)
        {
            Expect(answer, $"product {product.Sku}");
        }

        var delivery = await shop.PostAsync(
            $"/api/inventory/{product.Sku}/deliveries", new ReceiveDelivery($"{_name}-{product.Sku}", product.Units), null, cancellation);
        Expect(delivery, $"delivery of {product.Sku}");
    }

    private Task PlayAsync(PlannedStep step, CancellationToken cancellation) => step switch
    {
        PlannedOrder order => PlaceAsync(order, cancellation),
        PlannedReturn back => GiveBackAsync(back, cancellation),
        _ => throw new UnreachableException(),
    };

    private async Task PlaceAsync(PlannedOrder order, CancellationToken cancellation)
    {
        var placement = _placements[order];
        try
        {
            var started = Stopwatch.GetTimestamp();
            var answer = await shop.PostAsync("/api/orders", RequestFor(order), $"{_name}/{order.Invoice}", cancellation);
            if (!answer.IsSuccess)
            {
                _journal.NotAccepted[order.Invoice] = $"{answer.Status} {answer.Body}";
                return;
            }

            var accepted = answer.Read<OrderResponse>();
            _journal.Accepted[order.Invoice] = accepted.Id;
            placement.Accepted.TrySetResult(accepted.Id);
            if (accepted is { RequiresApproval: true, Status: OrderStatus.Pending })
            {
                // 409: it was refused for another reason before anybody could approve it.
                var approval = await shop.PostAsync($"/api/orders/{accepted.Id}/approval", new ApprovalDecision(true, "replay"), null, cancellation);
                if (approval.Status != 409)
                {
                    Expect(approval, $"approval of {accepted.Id}");
                }
            }

            await WaitForSagaAsync(accepted.Id, cancellation);
            _journal.Latencies.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        finally
        {
            // A return waits for its order: it must not wait for ever when the order was refused.
            placement.Accepted.TrySetResult(null);
            placement.Settled.TrySetResult();
        }
    }

    private async Task GiveBackAsync(PlannedReturn back, CancellationToken cancellation)
    {
        var placement = _placements[back.Order];
        if (await placement.Accepted.Task.WaitAsync(cancellation) is not { } orderId)
        {
            _journal.NothingToReturn.Add(back);
            return;
        }

        if (back.WholeOrder)
        {
            var cancel = await shop.PostAsync($"/api/orders/{orderId}/cancel", new CancelOrder($"cancellation {back.Invoice}"), null, cancellation);
            if (cancel.IsSuccess)
            {
                _journal.Cancelled.Add(back);
                return;
            }
        }

        await placement.Settled.Task.WaitAsync(cancellation);
        var order = await shop.GetAsync<OrderResponse>($"/api/orders/{orderId}", cancellation);
        if (order.Status == OrderStatus.Cancelled)
        {
            _journal.NothingToReturn.Add(back);
            return;
        }

        OrderLineRequest[] lines = [.. back.Lines.Select(line => new OrderLineRequest(line.Key, line.Value))];
        var answer = await shop.PostAsync(
            $"/api/orders/{orderId}/returns", new ReturnOrder(lines), $"{_name}-{back.Invoice}-{back.Order.Invoice}", cancellation);
        if (answer.IsSuccess)
        {
            _journal.Returned.Add(back);
        }
        else
        {
            _journal.RefusedReturns.Add((back, $"{answer.Status} {answer.Body}"));
        }
    }

    private async Task WaitForSagaAsync(string orderId, CancellationToken cancellation)
    {
        var deadline = DateTime.UtcNow + options.Patience;
        while (DateTime.UtcNow < deadline)
        {
            await Task.Delay(Poll, cancellation);
            var saga = await shop.FindAsync<SagaResponse>($"/api/orders/{orderId}/saga", cancellation);
            if (saga is { RuntimeStatus: "Completed" or "Failed" or "Terminated" })
            {
                return;
            }
        }
    }

    private static PlaceOrder RequestFor(PlannedOrder order) => new(
        order.Customer,
        Currency,
        [.. order.Lines.Select(line => new OrderLineRequest(line.Key, line.Value))],
        new PostalAddress("1 Replay Street", "Replay Town", "Replayshire", "RP1 1AY", order.Country),
        new PaymentMethod("card", "tok_visa"));

    private async Task InParallelAsync<T>(
        IEnumerable<T> items, Func<T, CancellationToken, Task> act, ProgressLine progress, CancellationToken cancellation) =>
        await Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellation },
            async (item, token) =>
            {
                await act(item, token);
                progress.Advance();
            });

    private static void Expect(ShopAnswer answer, string what)
    {
        if (!answer.IsSuccess)
        {
            throw new ShopException($"{what}: {answer.Status} {answer.Body}");
        }
    }

    private sealed class Placement
    {
        public TaskCompletionSource<string?> Accepted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Settled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
