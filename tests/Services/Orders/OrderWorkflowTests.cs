using DaprShop.Contracts;
using DaprShop.Orders.Domain;
using DaprShop.Orders.Saga;
using DaprShop.Orders.Saga.Activities;

namespace DaprShop.Services.Tests.Orders;

public sealed class OrderWorkflowTests
{
    private const string Reserve = nameof(ReserveStockActivity);
    private const string Release = nameof(ReleaseStockActivity);
    private const string Charge = nameof(ChargePaymentActivity);
    private const string Refund = nameof(RefundChargeActivity);
    private const string Ship = nameof(CreateShipmentActivity);
    private const string Unship = nameof(CancelShipmentActivity);
    private const string Confirm = nameof(ConfirmOrderActivity);
    private const string Cancel = nameof(CancelOrderActivity);

    private readonly ScriptedContext _shop = new();
    private OrderToCancel? _cancelled;

    public OrderWorkflowTests()
    {
        string[] steps = [Reserve, Release, Charge, Refund, Ship, Unship, Confirm];
        foreach (var step in steps)
        {
            _shop.Answer(step, _ => StepResult.Done());
        }

        _shop.Answer(Cancel, input =>
        {
            _cancelled = (OrderToCancel)input!;
            return OrderStatus.Cancelled;
        });
    }

    [Fact]
    public async Task An_order_that_nothing_stands_against_is_confirmed()
    {
        Assert.Equal(OrderStatus.Confirmed, await Run());

        Assert.Equal([Reserve, Charge, Ship, Confirm], _shop.Called);
        Assert.Equal("completed", Status.State);
        Assert.Equal(
            [("reserve", "done"), ("charge", "done"), ("ship", "done"), ("confirm", "done")],
            Status.Steps.Select(step => (step.Name, step.Outcome)));
        Assert.Equal("started", ((SagaStatus)_shop.Statuses[0]!).State);
    }

    [Fact]
    public async Task An_order_that_costs_nothing_is_not_charged()
    {
        await Run(new OrderToFulfil("o1", IsToBePaid: false, RequiresApproval: false, TimeSpan.Zero));

        Assert.Equal([Reserve, Ship, Confirm], _shop.Called);
    }

    [Fact]
    public async Task Without_stock_the_order_is_cancelled_and_there_is_nothing_to_undo()
    {
        _shop.Answer(Reserve, _ => StepResult.Refused(Problems.OutOfStock, "mug: 2 wanted, 1 there"));

        Assert.Equal(OrderStatus.Cancelled, await Run());

        Assert.Equal([Reserve, Cancel], _shop.Called);
        Assert.Equal(new OrderToCancel("o1", "reserve", Problems.OutOfStock, "mug: 2 wanted, 1 there"), _cancelled);
        Assert.Equal("failed", Status.State);
    }

    [Fact]
    public async Task A_declined_card_releases_the_stock()
    {
        _shop.Answer(Charge, _ => StepResult.Refused(Problems.CardDeclined, "no money"));

        Assert.Equal(OrderStatus.Cancelled, await Run());

        Assert.Equal([Reserve, Charge, Release, Cancel], _shop.Called);
        Assert.Equal(new OrderToCancel("o1", "charge", Problems.CardDeclined, "no money"), _cancelled);
        Assert.Equal("compensated", Status.State);
        Assert.Equal(
            [("reserve", "done"), ("charge", "refused"), ("reserve", "compensated")],
            Status.Steps.Select(step => (step.Name, step.Outcome)));
    }

    [Fact]
    public async Task An_order_that_no_carrier_takes_is_refunded_before_its_stock_is_released()
    {
        _shop.Answer(Ship, _ => StepResult.Refused(Problems.NoCarrier, "too far"));

        await Run();

        Assert.Equal([Reserve, Charge, Ship, Refund, Release, Cancel], _shop.Called);
        Assert.Equal("ship", _cancelled?.Step);
    }

    [Theory]
    [InlineData(Reserve, "reserve", Release)]
    [InlineData(Charge, "charge", Refund, Release)]
    [InlineData(Ship, "ship", Unship, Refund, Release)]
    public async Task A_step_that_fails_for_good_is_undone_too_and_the_others_in_reverse(string failing, string step, params string[] undone)
    {
        _shop.Fail(failing, "no route to host");

        Assert.Equal(OrderStatus.Cancelled, await Run());

        Assert.Equal([.. undone, Cancel], _shop.Called.SkipWhile(called => called != failing).Skip(1));
        Assert.Equal(new OrderToCancel("o1", step, StepResult.TechnicalFailure, "no route to host"), _cancelled);
        Assert.Equal("compensated", Status.State);
    }

    [Fact]
    public async Task What_must_come_to_an_end_is_tried_until_it_does()
    {
        _shop.Answer(Confirm, _ => StepResult.Refused(OrderRules.CancelledByCustomer, "changed my mind"));
        await Run();

        Assert.All([Confirm, Unship, Refund, Release, Cancel], called => Assert.Equal(int.MaxValue, _shop.Attempts[called]));
        Assert.All([Reserve, Charge, Ship], called => Assert.InRange(_shop.Attempts[called], 2, 100));
    }

    [Fact]
    public async Task A_customer_who_cancels_before_the_charge_is_not_charged()
    {
        _shop.Answer(Reserve, _ => CancelMeanwhile());

        Assert.Equal(OrderStatus.Cancelled, await Run());

        Assert.Equal([Reserve, Release, Cancel], _shop.Called);
        Assert.Equal(new OrderToCancel("o1", "cancel", OrderRules.CancelledByCustomer, "changed my mind"), _cancelled);
    }

    [Fact]
    public async Task A_customer_who_cancels_after_the_charge_is_refunded()
    {
        _shop.Answer(Charge, _ => CancelMeanwhile());

        await Run();

        Assert.Equal([Reserve, Charge, Refund, Release, Cancel], _shop.Called);
        Assert.Equal("cancel", _cancelled?.Step);
    }

    [Fact]
    public async Task A_cancellation_that_only_the_order_knows_of_stops_the_confirmation()
    {
        _shop.Answer(Confirm, _ => StepResult.Refused(OrderRules.CancelledByCustomer, "changed my mind"));

        Assert.Equal(OrderStatus.Cancelled, await Run());

        Assert.Equal([Reserve, Charge, Ship, Confirm, Unship, Refund, Release, Cancel], _shop.Called);
        Assert.Equal(new OrderToCancel("o1", "cancel", OrderRules.CancelledByCustomer, "changed my mind"), _cancelled);
    }

    [Fact]
    public async Task A_cancellation_that_comes_after_the_confirmation_changes_nothing()
    {
        _shop.Answer(Confirm, _ => CancelMeanwhile());

        Assert.Equal(OrderStatus.Confirmed, await Run());

        Assert.Equal([Reserve, Charge, Ship, Confirm], _shop.Called);
    }

    [Fact]
    public async Task A_pending_payment_is_asked_for_again_until_it_is_made_and_the_status_says_so()
    {
        _shop.Answer(Charge, _ => StepResult.Pending("payment pending"));
        var run = Run(PatientOrder);
        _shop.FireTimers();
        _shop.FireTimers();
        Assert.Equal([Reserve, Charge, Charge, Charge], _shop.Called);
        Assert.Equal(("in_progress", "charge", "payment pending"), (Status.State, Status.Step, Status.Detail));

        _shop.Answer(Charge, _ => StepResult.Done());
        _shop.FireTimers();

        Assert.Equal(OrderStatus.Confirmed, await run);
        Assert.Equal([Reserve, Charge, Charge, Charge, Charge, Ship, Confirm], _shop.Called);
        Assert.Null(Status.Detail);
    }

    [Fact]
    public async Task A_payment_that_stays_pending_is_given_up_and_undone_in_case_it_was_made()
    {
        _shop.Answer(Charge, _ => StepResult.Pending("payment pending"));
        var run = Run(PatientOrder);
        for (var i = 0; i < 100 && !run.IsCompleted; i++)
        {
            _shop.FireTimers();
        }

        Assert.Equal(OrderStatus.Cancelled, await run);
        Assert.InRange(_shop.Called.Count(called => called == Charge), 10, 20);
        Assert.Equal([Refund, Release, Cancel], _shop.Called.SkipWhile(called => called != Refund));
        Assert.Equal(("charge", StepResult.StillPending), (_cancelled?.Step, _cancelled?.Code));
    }

    [Fact]
    public async Task A_customer_who_cancels_need_not_wait_for_a_pending_payment()
    {
        _shop.Answer(Charge, _ => StepResult.Pending("payment pending"));
        var run = Run(PatientOrder);

        _shop.Raise(SagaEvents.CancellationRequested, "changed my mind");

        Assert.Equal(OrderStatus.Cancelled, await run);
        Assert.Equal([Refund, Release, Cancel], _shop.Called.SkipWhile(called => called != Refund));
        Assert.Equal("cancel", _cancelled?.Step);
    }

    [Fact]
    public async Task A_refund_that_is_refused_for_good_waits_for_an_operator_and_the_rest_is_undone_then()
    {
        _shop.Answer(Ship, _ => StepResult.Refused(Problems.NoCarrier, "too far"));
        _shop.Answer(Refund, _ => StepResult.Refused(Problems.RefundDeclined, "card closed"));
        var run = Run();
        _shop.FireTimers();
        Assert.False(run.IsCompleted);
        Assert.Equal(("compensating", "charge", "needs an operator: card closed"), (Status.State, Status.Step, Status.Detail));
        Assert.Contains(Status.Steps, step => step is { Name: "charge", Outcome: "stuck", Detail: "card closed" });

        _shop.Answer(Refund, _ => StepResult.Done());
        _shop.FireTimers();

        Assert.Equal(OrderStatus.Cancelled, await run);
        Assert.Equal([Refund, Refund, Refund, Release, Cancel], _shop.Called.SkipWhile(called => called != Refund));
        Assert.Equal("compensated", Status.State);
    }

    [Fact]
    public async Task A_large_order_waits_for_its_approval()
    {
        var run = Run(LargeOrder);
        Assert.Equal([Reserve], _shop.Called);
        Assert.Equal("approve", Status.Step);

        _shop.Raise(SagaEvents.ApprovalDecided, new ApprovalDecision(true, "beth"));

        Assert.Equal(OrderStatus.Confirmed, await run);
        Assert.Contains(Status.Steps, step => step is { Name: "approve", Outcome: "done", Detail: "beth" });
    }

    [Fact]
    public async Task An_approval_that_came_early_counts()
    {
        _shop.Raise(SagaEvents.ApprovalDecided, new ApprovalDecision(true, "beth"));

        Assert.Equal(OrderStatus.Confirmed, await Run(LargeOrder));
    }

    [Fact]
    public async Task A_rejected_order_is_never_charged()
    {
        var run = Run(LargeOrder);
        _shop.Raise(SagaEvents.ApprovalDecided, new ApprovalDecision(false, "beth"));

        Assert.Equal(OrderStatus.Cancelled, await run);
        Assert.Equal([Reserve, Release, Cancel], _shop.Called);
        Assert.Equal(("approve", "approval-rejected"), (_cancelled?.Step, _cancelled?.Code));
    }

    [Fact]
    public async Task An_order_that_nobody_approves_in_time_is_cancelled()
    {
        var run = Run(LargeOrder);
        _shop.FireTimers();

        Assert.Equal(OrderStatus.Cancelled, await run);
        Assert.Equal([Reserve, Release, Cancel], _shop.Called);
        Assert.Equal(("approve", "approval-timeout"), (_cancelled?.Step, _cancelled?.Code));
    }

    [Fact]
    public async Task A_customer_who_cancels_need_not_wait_for_the_approval()
    {
        var run = Run(LargeOrder);
        _shop.Raise(SagaEvents.CancellationRequested, "changed my mind");

        Assert.Equal(OrderStatus.Cancelled, await run);
        Assert.Equal([Reserve, Release, Cancel], _shop.Called);
        Assert.Equal("cancel", _cancelled?.Step);
    }

    [Fact]
    public async Task The_saga_of_an_order_that_has_ended_calls_no_other_service()
    {
        _shop.Answer(Reserve, _ => StepResult.Refused(OrderStep.OrderSettled, "The order is Confirmed already"));
        _shop.Answer(Cancel, _ => OrderStatus.Confirmed);

        Assert.Equal(OrderStatus.Confirmed, await Run());

        Assert.Equal([Reserve, Cancel], _shop.Called);
        Assert.Equal("completed", Status.State);
    }

    private static OrderToFulfil PatientOrder { get; } =
        new("o1", IsToBePaid: true, RequiresApproval: false, TimeSpan.Zero, PaymentPatience: TimeSpan.FromMinutes(10));

    private static OrderToFulfil LargeOrder { get; } = new("o1", IsToBePaid: true, RequiresApproval: true, TimeSpan.FromHours(24));

    private SagaStatus Status => (SagaStatus)_shop.Statuses[^1]!;

    private Task<OrderStatus> Run(OrderToFulfil? order = null) =>
        new OrderWorkflow().RunAsync(_shop, order ?? new OrderToFulfil("o1", IsToBePaid: true, RequiresApproval: false, TimeSpan.Zero));

    private StepResult CancelMeanwhile()
    {
        _shop.Raise(SagaEvents.CancellationRequested, "changed my mind");
        return StepResult.Done();
    }
}
