using System.Net.Http.Json;
using System.Text.Json;
using DaprShop.Contracts;
using DaprShop.Domain;
using DaprShop.Payments.Domain;
using DaprShop.ServiceDefaults;
using Polly;
using Polly.CircuitBreaker;

namespace DaprShop.Payments.Cards;

/// <summary>
/// The card company's API. A request that fails or takes too long is sent again under the same key, so it is carried out once. While the
/// circuit is open nothing is sent.
/// </summary>
internal sealed class CardProviderClient(HttpClient http, ProviderCalls calls) : IPaymentMeans
{
    private const string Approved = "approved";

    public string Kind => PaymentMethod.Card;

    public Task<MeansAnswer> TakeAsync(Payment payment, CancellationToken cancellationToken)
    {
        var charge = new CardCharge(payment.CardToken!, payment.Amount.ToContract(), payment.OrderId);
        return SendAsync("charges", payment.OrderId, charge, cancellationToken);
    }

    public Task<MeansAnswer> GiveBackAsync(Payment payment, string refundId, Money amount, CancellationToken cancellationToken) =>
        SendAsync($"charges/{payment.ChargeId}/refunds", $"{payment.OrderId}:{refundId}", new CardRefund(amount.ToContract()), cancellationToken);

    private async Task<MeansAnswer> SendAsync<T>(string path, string key, T body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Headers.Add("Idempotency-Key", key);
            request.Content = JsonContent.Create(body, options: ContractsJson.Options);
            using var response = await http.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            var answer = await response.Content.ReadFromJsonAsync<CardAnswer>(ContractsJson.Options, cancellationToken)
                ?? throw new JsonException("The answer is empty");
            return answer.Outcome == Approved ? MeansAnswer.Agreed(answer.Id) : MeansAnswer.Refused(answer.Reason ?? answer.Outcome);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or ExecutionRejectedException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (e is BrokenCircuitException)
            {
                calls.Rejected();
            }

            throw new DependencyUnavailableException("cardprovider", e.Message, e);
        }
    }
}
