using Dapr.Workflow;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>Undoes <see cref="ReserveStockActivity"/>.</summary>
public sealed class ReleaseStockActivity([FromKeyedServices(AppIds.Inventory)] ServiceClient inventory) : WorkflowActivity<string, StepResult>
{
    public override async Task<StepResult> RunAsync(WorkflowActivityContext context, string orderId) =>
        StepResult.OfUndo(await inventory.DeleteAsync<ReservationResponse>($"reservations/{orderId}"));
}
