using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DaprShop.Contracts;

namespace DaprShop.CardProvider;

/// <summary>
/// Which references are declined or answered late. Chosen by a hash of the reference, so a run with the same references meets the
/// same faults; each fault has a hash of its own, so that the two sets are independent. Beside them the whole provider can fail.
/// </summary>
internal sealed class FaultSwitch
{
    private volatile CardFaults _current = new(0, 0);
    private int _errorsLeft;

    public CardFaults Current
    {
        get => _current;
        set
        {
            _current = value;
            Interlocked.Exchange(ref _errorsLeft, value.ErrorBurst);
        }
    }

    public bool RefusesRefunds => _current.RefuseRefunds;

    public bool Declines(string reference) => Hits("decline", reference, _current.DeclinePercent);

    public bool AnswersLate(string reference) => Hits("timeout", reference, _current.TimeoutPercent);

    /// <summary>The status that the next call fails with, before anything is carried out; null when it does not.</summary>
    public int? NextFailure() => _current.Down ? StatusCodes.Status503ServiceUnavailable
        : Volatile.Read(ref _errorsLeft) > 0 && Interlocked.Decrement(ref _errorsLeft) >= 0 ? StatusCodes.Status500InternalServerError
        : null;

    private static bool Hits(string fault, string reference, double percent)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{fault}:{reference}"));
        return BinaryPrimitives.ReadUInt32BigEndian(hash) % 10_000 < percent * 100;
    }
}
