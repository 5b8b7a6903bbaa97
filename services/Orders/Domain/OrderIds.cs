using System.Security.Cryptography;
using System.Text;

namespace DaprShop.Orders.Domain;

/// <summary>Ids that the same idempotency key always gives again: name-based UUIDs (RFC 9562, version 5).</summary>
public static class OrderIds
{
    private static readonly Guid s_orders = new("6b8c1c0e-6f0a-4f6e-9d43-0e6a2f4b7d15");

    /// <summary>The key is the customer's own: another customer's order under it is another one.</summary>
    public static string Of(string customerId, string idempotencyKey) => Version5(s_orders, $"{customerId}/{idempotencyKey}").ToString();

    /// <summary>The id under which a return is handled.</summary>
    public static string OfReturn(string orderId, string returnId) => Version5(Guid.Parse(orderId), returnId).ToString();

    internal static Guid Version5(Guid space, string name)
    {
        var text = Encoding.UTF8.GetBytes(name);
        var input = new byte[16 + text.Length];
        space.TryWriteBytes(input, bigEndian: true, out _);
        text.CopyTo(input, 16);
#pragma warning disable CA5350 // Version 5 is defined with SHA-1; nothing here relies on its strength.
        var hash = SHA1.HashData(input);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
