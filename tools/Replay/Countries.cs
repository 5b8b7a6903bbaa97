namespace DaprShop.Replay;

/// <summary>The file's names of countries as ISO 3166 alpha-2 codes.</summary>
internal static class Countries
{
    private static readonly Dictionary<string, string> Codes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Australia"] = "AU", ["Austria"] = "AT", ["Bahrain"] = "BH", ["Belgium"] = "BE", ["Brazil"] = "BR", ["Canada"] = "CA",
        ["Channel Islands"] = "JE", ["Cyprus"] = "CY", ["Czech Republic"] = "CZ", ["Denmark"] = "DK", ["EIRE"] = "IE",
        ["Finland"] = "FI", ["France"] = "FR", ["Germany"] = "DE", ["Greece"] = "GR", ["Hong Kong"] = "HK", ["Iceland"] = "IS",
        ["Israel"] = "IL", ["Italy"] = "IT", ["Japan"] = "JP", ["Lebanon"] = "LB", ["Lithuania"] = "LT", ["Malta"] = "MT",
        ["Netherlands"] = "NL", ["Norway"] = "NO", ["Poland"] = "PL", ["Portugal"] = "PT", ["RSA"] = "ZA", ["Saudi Arabia"] = "SA",
        ["Singapore"] = "SG", ["Spain"] = "ES", ["Sweden"] = "SE", ["Switzerland"] = "CH", ["USA"] = "US", ["United Arab Emirates"] = "AE",
        ["United Kingdom"] = "GB",
    };

    /// <summary>The code, or null for a name that is no country (the file has "Unspecified" and "European Community").</summary>
    public static string? CodeOf(string name) => Codes.GetValueOrDefault(name);
}
