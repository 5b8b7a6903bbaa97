using System.Text;

namespace DaprShop.Sidecar.Host.Output;

/// <summary>Turns the bytes that an app writes into lines; a line over the limit is cut into several.</summary>
internal sealed class LineSplitter(Action<string> take, int longest = 16 * 1024)
{
    private readonly byte[] _line = new byte[longest];
    private int _length;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            while (part.Length > longest - _length)
            {
                var fits = longest - _length;
                part[..fits].CopyTo(_line.AsSpan(_length));
                _length = longest;
                Emit();
                part = part[fits..];
            }

            part.CopyTo(_line.AsSpan(_length));
            _length += part.Length;
            if (end < 0)
            {
                return;
            }

            Emit();
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>The last line, when it had no end.</summary>
    public void Complete()
    {
        if (_length > 0)
        {
            Emit();
        }
    }

    private void Emit()
    {
        var length = _length > 0 && _line[_length - 1] == '\r' ? _length - 1 : _length;
        _length = 0;
        take(Encoding.UTF8.GetString(_line, 0, length));
    }
}
