using System.Text.RegularExpressions;

namespace DaprShop.Domain;

/// <summary>An e-mail address by its shape: one @ with a dotted host after it. Whether mail arrives only mail can tell.</summary>
public sealed partial record EmailAddress
{
    /// <summary>The longest address that mail can be sent to (RFC 5321).</summary>
    public const int MaxLength = 254;

    /// <summary>Takes the text without surrounding blanks.</summary>
    /// <exception cref="DomainException">Field <c>email</c>: it is no e-mail address.</exception>
    public EmailAddress(string? text)
    {
        var trimmed = text?.Trim();
        Value = trimmed is { Length: <= MaxLength } && Shape().IsMatch(trimmed)
            ? trimmed
            : throw new DomainException(DomainErrors.Invalid, "is no e-mail address", "email");
    }

    /// <summary>As it was written.</summary>
    public string Value { get; }

    /// <summary>The same for all ways to write it in upper and lower case.</summary>
    public string Normalized => Value.ToLowerInvariant();

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}
