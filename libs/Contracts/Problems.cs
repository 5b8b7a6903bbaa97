namespace DaprShop.Contracts;

/// <summary>Stable <c>type</c> values of the shop's problem details (RFC 9457): <c>urn:daprshop:problem:{code}</c>.</summary>
public static class Problems
{
    public const string Prefix = "urn:daprshop:problem:";

    public const string OutOfStock = "out-of-stock";
    public const string CardDeclined = "card-declined";
    public const string NoCarrier = "no-carrier";
    public const string ReservationClosed = "reservation-closed";
    public const string PaymentCancelled = "payment-cancelled";
    public const string RefundExceedsCharge = "refund-exceeds-charge";
    public const string RefundDeclined = "refund-declined";
    public const string ShipmentCancelled = "shipment-cancelled";
    public const string ShipmentUnderway = "shipment-underway";
    public const string InsufficientFunds = "insufficient-funds";
    public const string VersionConflict = "version-conflict";
    public const string Unauthorized = "unauthorized";
    public const string Forbidden = "forbidden";
    public const string EmailNotVerified = "email-not-verified";
    public const string TooManyRequests = "too-many-requests";
    public const string AlreadyExists = "already-exists";
    public const string IdempotencyKeyReused = "idempotency-key-reused";
    public const string OrderNotCancellable = "order-not-cancellable";
    public const string OrderNotReturnable = "order-not-returnable";
    public const string ProductDiscontinued = "product-discontinued";
    public const string Conflict = "conflict";
    public const string Invalid = "invalid";
    public const string TooLarge = "too-large";
    public const string InternalError = "internal-error";
    public const string NotFound = "not-found";
    public const string DependencyUnavailable = "dependency-unavailable";

    /// <summary>The <c>type</c> of a problem code.</summary>
    public static string TypeOf(string code) => Prefix + code;
}
