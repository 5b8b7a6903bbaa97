using Dapr.Workflow;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>Undoes <see cref="CreateShipmentActivity"/>.</summary>
public sealed class CancelShipmentActivity([FromKeyedServices(AppIds.Shipping)] ServiceClient shipping) : WorkflowActivity<string, StepResult>
{
    public override async Task<StepResult> RunAsync(WorkflowActivityContext context, string orderId) =>
        StepResult.OfUndo(await shipping.DeleteAsync<ShipmentResponse>($"shipments/{orderId}"));
}
