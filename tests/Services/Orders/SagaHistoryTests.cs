using Dapr.Workflow;
using Dapr.Workflow.Client;
using DaprShop.CardProvider;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Inventory.Domain;
using DaprShop.Orders;
using DaprShop.Orders.Domain;
using DaprShop.Orders.Saga;
using DaprShop.Payments.Domain;
using DaprShop.ServiceDefaults;
using Happened = Dapr.Workflow.Client.WorkflowHistoryEventType;

namespace DaprShop.Services.Tests.Orders;

public sealed class SagaHistoryTests
{
    private static readonly DateTime s_begin = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
    private readonly List<WorkflowHistoryEvent> _history = [];

    [Fact]
    public void A_step_has_its_times_and_its_outcome()
    {
        Happens(0, Happened.ExecutionStarted, name: "OrderWorkflow");
        Happens(1, Happened.TaskScheduled, id: 0, name: "ReserveStockActivity");
        Happens(3, Happened.TaskCompleted, of: 0, data: """{"isRefused":false}""");
        Happens(3, Happened.TaskScheduled, id: 1, name: "CancelOrderActivity");
        Happens(4, Happened.TaskCompleted, of: 1, data: "4");
        Happens(4, Happened.TaskScheduled, id: 2, name: "ChargePaymentActivity");

        Assert.Equal(
            [
                new("step", "ReserveStockActivity", 1, At(1), At(3), "done", null),
                new("step", "CancelOrderActivity", 1, At(3), At(4), "done", null),
                new("step", "ChargePaymentActivity", 1, At(4), null, "open", null),
            ],
            SagaHistory.Of(_history));
    }

    [Fact]
    public void Each_attempt_is_an_entry_with_its_failure_and_the_waits_between_them_have_the_steps_name()
    {
        Happens(0, Happened.TaskScheduled, id: 0, name: "ChargePaymentActivity");
        Happens(1, Happened.TaskFailed, of: 0, failure: "payments is away");
        Happens(1, Happened.TimerCreated, id: 1);
        Happens(2, Happened.TimerFired, of: 1);
        Happens(2, Happened.TaskScheduled, id: 2, name: "ChargePaymentActivity");
        Happens(3, Happened.TaskCompleted, of: 2, data: """{"isRefused":true,"code":"card-declined","detail":"Declined"}""");

        Assert.Equal(
            [
                new("step", "ChargePaymentActivity", 1, At(0), At(1), "failed", "payments is away"),
                new("timer", "ChargePaymentActivity", 1, At(1), At(2), "fired", null),
                new("step", "ChargePaymentActivity", 2, At(2), At(3), "refused", "Declined"),
            ],
            SagaHistory.Of(_history));
    }

    [Fact]
    public void Events_compensations_and_what_was_left_when_the_saga_ended_are_told_apart()
    {
        Happens(0, Happened.TimerCreated, id: 0, name: "approval-decided");
        Happens(1, Happened.EventRaised, name: "approval-decided", data: """{"approved":false}""");
        Happens(1, Happened.TaskScheduled, id: 1, name: "ReleaseStockActivity");
        Happens(2, Happened.TaskCompleted, of: 1);
        Happens(3, Happened.ExecutionSuspended);
        Happens(4, Happened.ExecutionTerminated);
        Happens(4, Happened.ExecutionCompleted);

        Assert.Equal(
            [
                ("timer", "approval-decided", "abandoned"),
                ("event", "approval-decided", "received"),
                ("compensation", "ReleaseStockActivity", "done"),
                ("event", "suspended", "received"),
                ("event", "terminated", "received"),
            ],
            SagaHistory.Of(_history).Select(entry => (entry.Kind, entry.Name, entry.Outcome)));
    }

    [Fact]
    public async Task The_saga_shows_the_attempts_at_a_service_that_was_away_and_what_was_undone()
    {
        await using var cards = RunningService.Start<Ledger>(Shop.FreePort());
        await using var shop = await Shop.StartAsync(AppIds.Orders, AppIds.Inventory, AppIds.Payments);
        var inventory = shop.Run<Stock>(AppIds.Inventory);
        var orders = shop.Run<OrderStore>(AppIds.Orders);
        await shop.WaitForSubscriptionsOfAsync(AppIds.Inventory);
        await shop.WaitForSubscriptionsOfAsync(AppIds.Orders);
        await inventory.PostAsync<StockResponse>("/inventory/mug/deliveries", new ReceiveDelivery("first", 5));

        var orderId = await PlaceAsync(shop, "mug", card: "tok_declined");
        await Eventually.TrueAsync(async () => Attempt(await SagaAsync(orders, orderId), 1) is { Outcome: "failed" });
        shop.Run<Payment>(AppIds.Payments, ("CARDPROVIDER_URL", $"{cards.Address}"));
        await Eventually.TrueAsync(async () => (await SagaAsync(orders, orderId))?.RuntimeStatus == "Completed");

        var history = (await SagaAsync(orders, orderId))!.History!;
        var charges = history.Where(entry => entry is { Kind: "step", Name: "ChargePaymentActivity" }).ToList();
        Assert.Equal(Enumerable.Range(1, charges.Count), charges.Select(charge => charge.Attempt));
        Assert.All(charges.SkipLast(1), charge => Assert.False(string.IsNullOrEmpty(charge.Failure)));
        Assert.Equal("refused", charges[^1].Outcome);
        Assert.All(charges, charge => Assert.True(charge.Started <= charge.Completed));
        Assert.Equal(charges.Count - 1, history.Count(entry => entry is { Kind: "timer", Name: "ChargePaymentActivity", Outcome: "fired" }));
        Assert.Equal(
            [("step", "ReserveStockActivity"), ("compensation", "ReleaseStockActivity"), ("step", "CancelOrderActivity")],
            history.Where(entry => entry.Outcome == "done").Select(entry => (entry.Kind, entry.Name)));
    }

    private static SagaHistoryEntry? Attempt(SagaResponse? saga, int attempt) =>
        saga?.History?.FirstOrDefault(entry => entry is { Kind: "step", Name: "ChargePaymentActivity" } && entry.Attempt == attempt);

    private static async Task<SagaResponse?> SagaAsync(RunningService orders, string orderId) =>
        await orders.GetAsync<SagaResponse>($"/orders/{orderId}/saga");

    private static async Task<string> PlaceAsync(Shop shop, string sku, string card)
    {
        using var dapr = new Dapr.Client.DaprClientBuilder().UseGrpcEndpoint($"{shop.Endpoint(AppIds.Orders).GrpcEndpoint}")
            .UseJsonSerializationOptions(ContractsJson.Options).Build();
        var order = Order.Start(Guid.NewGuid().ToString(), "ann", "GBP", DateTimeOffset.UtcNow);
        order.AddLine(sku, sku, 2, new Money(10, "GBP"));
        var address = new Address("1 High Street", "Bath", "Somerset", "BA1 1AA", "GB");
        order.Place(new Price(new Money(20, "GBP"), []), address, new PaymentMethod("card", card), false, "hash", DateTimeOffset.UtcNow);
        await new OrderStore(new EventingStore(dapr, Stores.Orders, AppIds.Orders)).InsertAsync(order, CancellationToken.None);
        return order.Id;
    }

    private static DateTimeOffset At(int second) => new(s_begin.AddSeconds(second), TimeSpan.Zero);

    private void Happens(
        int second, Happened type, int id = -1, int? of = null, string? name = null, string? data = null, string? failure = null) =>
        _history.Add(new WorkflowHistoryEvent(id, type, s_begin.AddSeconds(second))
        {
            Name = name,
            ScheduledId = of,
            Data = data,
            FailureDetails = failure is null ? null : new WorkflowTaskFailureDetails("System.Exception", failure),
        });
}
