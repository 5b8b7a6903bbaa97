using System.Collections.Frozen;

namespace DaprShop.Domain;

/// <summary>The currencies of ISO 4217 that goods are priced in, and how many decimals the minor unit of each has.</summary>
public static class Currency
{
    private const string TwoDecimals =
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK " +
        "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK " +
        "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON " +
        "RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST " +
        "XCD YER ZAR ZMW ZWG";

    private static readonly FrozenDictionary<string, int> s_decimals = Table();

    /// <summary>Whether the code is an ISO 4217 currency, written in capitals.</summary>
    public static bool IsKnown(string? code) => code is not null && s_decimals.ContainsKey(code);

    /// <summary>Decimals of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD.</summary>
    /// <exception cref="DomainException">The code is not a currency; the field is <c>currency</c>.</exception>
    public static int Decimals(string? code) =>
        code is not null && s_decimals.TryGetValue(code, out var decimals)
            ? decimals
            : throw new DomainException(DomainErrors.Invalid, $"'{code}' is not an ISO 4217 currency", "currency");

    private static FrozenDictionary<string, int> Table()
    {
        (string Codes, int Decimals)[] rows =
        [
            (TwoDecimals, 2),
            ("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF", 0),
            ("BHD IQD JOD KWD LYD OMR TND", 3),
            ("CLF UYW", 4),
        ];
        return rows.SelectMany(row => row.Codes.Split(' '), (row, code) => (code, row.Decimals)).ToFrozenDictionary(x => x.code, x => x.Decimals);
    }
}
