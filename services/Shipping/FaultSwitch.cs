using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DaprShop.Contracts;

namespace DaprShop.Shipping;

/// <summary>Which orders no carrier takes: chosen by a hash of the order id, so a run with the same orders meets the same refusals.</summary>
internal sealed class FaultSwitch
{
    private volatile ShippingFaults _current = new(0);

    public ShippingFaults Current
    {
        get => _current;
        set => _current = value;
    }

    public bool Refuses(string orderId) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"refuse:{orderId}"))) % 10_000 < _current.RefusePercent * 100;
}
