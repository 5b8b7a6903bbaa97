using System.Text.RegularExpressions;

namespace DaprShop.Analytics.Domain;

/// <summary>What users do. The steps of an order come from the shop's events alone, so that nobody can claim them; all others are free.</summary>
internal static partial class ActionNames
{
    public const string Viewed = "product-viewed";
    public const string Placed = "order-placed";
    public const string Confirmed = "order-confirmed";
    public const string Cancelled = "order-cancelled";
    public const string Returned = "order-returned";

    public const string Rule = "is 1 to 64 small letters, digits and dashes, a letter first";

    public static bool IsName(string? text) => text is not null && Name().IsMatch(text);

    /// <summary>Whether only an event of the shop can say so.</summary>
    public static bool IsOfAnEvent(string name) => name is Placed or Confirmed or Cancelled or Returned;

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
