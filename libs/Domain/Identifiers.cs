using System.Text.RegularExpressions;

namespace DaprShop.Domain;

/// <summary>What names of things look like, so that they fit in a URL and in a state key as they are.</summary>
public static partial class Identifiers
{
    /// <summary>What a SKU is, for a human.</summary>
    public const string SkuRule = "is 1 to 64 letters, digits, dots, dashes and underscores";

    /// <summary>What an id is, for a human.</summary>
    public const string IdRule = "is 1 to 128 letters, digits, dots, colons, dashes and underscores";

    /// <summary>Whether the text can be the SKU of a product.</summary>
    public static bool IsSku(string? text) => text is not null && Sku().IsMatch(text);

    /// <summary>Whether the text can be the id of something: an order, a delivery, a refund.</summary>
    public static bool IsId(string? text) => text is not null && Id().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sku();

    [GeneratedRegex(@"^[A-Za-z0-9._:-]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
