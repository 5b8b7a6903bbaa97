using Dapr.Workflow;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Orders.Saga.Activities;

/// <summary>Puts the returned units back on the shelf.</summary>
public sealed class RestockReturnActivity(OrderStore orders, [FromKeyedServices(AppIds.Inventory)] ServiceClient inventory)
    : WorkflowActivity<ReturnToHandle, StepResult>
{
    public override async Task<StepResult> RunAsync(WorkflowActivityContext context, ReturnToHandle input)
    {
        var accepted = (await orders.GetAsync(input.OrderId)).Returns.First(known => known.Id == input.ReturnId);
        var answer = await inventory.PostAsync<ReservationResponse>(
            $"reservations/{input.OrderId}/returns", new ReturnStock(input.ReturnId, accepted.Lines));
        return StepResult.MustBeDone(answer);
    }
}
