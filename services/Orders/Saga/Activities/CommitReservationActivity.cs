using Dapr.Workflow;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>The reserved units leave the stock for good.</summary>
public sealed class CommitReservationActivity([FromKeyedServices(AppIds.Inventory)] ServiceClient inventory) : WorkflowActivity<string, StepResult>
{
    public override async Task<StepResult> RunAsync(WorkflowActivityContext context, string orderId) =>
        StepResult.MustBeDone(await inventory.PostAsync<ReservationResponse>($"reservations/{orderId}/commit"));
}
