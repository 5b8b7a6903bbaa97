namespace DaprShop.Domain;

/// <summary>
/// A rule of the domain said no. With a <see cref="Field"/> the input is wrong (HTTP 400 by that field); without one the state of things
/// forbids it (HTTP 409).
/// </summary>
/// <param name="code">Stable and short, for programs: <c>order-not-cancellable</c>.</param>
/// <param name="message">A sentence for a human.</param>
/// <param name="field">The field of the input, by its name in JSON.</param>
public sealed class DomainException(string code, string message, string? field = null) : Exception(message)
{
    /// <summary>Stable code, the last part of a problem's <c>type</c>.</summary>
    public string Code { get; } = code;

    /// <summary>The field of the input that is wrong; null when none is.</summary>
    public string? Field { get; } = field;
}

/// <summary>Codes of the shared kernel's errors.</summary>
public static class DomainErrors
{
    /// <summary>A value that cannot be.</summary>
    public const string Invalid = "invalid";

    /// <summary>Two amounts of money that cannot be put together.</summary>
    public const string CurrencyMismatch = "currency-mismatch";
}
