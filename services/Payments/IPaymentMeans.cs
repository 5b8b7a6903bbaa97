using DaprShop.Domain;
using DaprShop.Payments.Domain;
using DaprShop.ServiceDefaults;

namespace DaprShop.Payments;

/// <summary>Where the money of a payment comes from, and goes back to. Asked again under the same ids it gives the same answer.</summary>
internal interface IPaymentMeans
{
    /// <summary>The kind of payment method that it serves.</summary>
    string Kind { get; }

    /// <exception cref="DependencyUnavailableException">It is not known whether the money was taken: ask again.</exception>
    Task<MeansAnswer> TakeAsync(Payment payment, CancellationToken cancellationToken);

    /// <exception cref="DependencyUnavailableException">It is not known whether the money was given back: ask again.</exception>
    Task<MeansAnswer> GiveBackAsync(Payment payment, string refundId, Money amount, CancellationToken cancellationToken);
}

/// <summary>Agreed, with the other side's id of it, or refused for good with the reason.</summary>
internal sealed record MeansAnswer(string? Id, string? Refusal)
{
    public static MeansAnswer Agreed(string? id) => new(id, null);

    public static MeansAnswer Refused(string reason) => new(null, reason);
}
