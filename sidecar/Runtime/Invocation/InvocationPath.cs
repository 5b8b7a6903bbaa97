using System.Buffers;
using System.Globalization;
using System.Text;
using Grpc.Core;

namespace DaprShop.Sidecar.Invocation;

/// <summary>
/// The rules for an invoked method's path: it is unescaped once, checked, cleaned of <c>..</c> and <c>//</c>, and escaped again
/// for the app. A trailing slash stays.
/// </summary>
internal static class InvocationPath
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~$&+,/:;=@");

    /// <summary>
    /// The path for the app, beginning with a slash, of an escaped <paramref name="method"/>. Throws <see cref="FormatException"/>
    /// for a bad escape and <see cref="DaprApiException"/> for characters that a method must not have.
    /// </summary>
    public static string Normalize(string target, string method)
    {
        // Nearly all: nothing to unescape, nothing to clean.
        if (!method.Contains('%', StringComparison.Ordinal) && IsClean(method) && !method.AsSpan().ContainsAnyExcept(Plain))
        {
            return method.StartsWith('/') ? method : "/" + method;
        }

        return NormalizeUnescaped(target, Unescape(method));
    }

    /// <summary>As <see cref="Normalize"/>, of a method that is not escaped (as gRPC callers give it).</summary>
    public static string NormalizeUnescaped(string target, string method)
    {
        Check(target, method);
        return Escape(Clean(method));
    }

    private static bool IsClean(string path) =>
        !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal) && !path.StartsWith('.');

    private static string Unescape(string text)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                throw new FormatException($"invalid URL escape \"{text[i..Math.Min(i + 3, text.Length)]}\"");
            }
        }

        return Uri.UnescapeDataString(text);
    }

    private static void Check(string target, string path)
    {
        var method = path.TrimStart('/');
        if (method.AsSpan().ContainsAny('#', '?', '\0'))
        {
            throw Invalid(target, $"method contains forbidden character: \"{method}\"");
        }

        var control = method.AsSpan().IndexOfAnyInRange('\u0001', '\u001f');
        control = control < 0 ? method.IndexOf('\u007f', StringComparison.Ordinal) : control;
        if (control >= 0)
        {
            throw Invalid(target, $"method contains control character at position {control}: {method}");
        }
    }

    private static DaprApiException Invalid(string target, string reason) =>
        InvocationErrors.Failed(target, $"rpc error: code = InvalidArgument desc = invalid method: {reason}", StatusCode.InvalidArgument);

    private static string Clean(string path)
    {
        var kept = new List<string>();
        foreach (var segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment is "..")
            {
                kept.RemoveRange(Math.Max(0, kept.Count - 1), Math.Min(1, kept.Count));
            }
            else if (segment is not ".")
            {
                kept.Add(segment);
            }
        }

        return "/" + string.Join('/', kept) + (kept.Count > 0 && path.EndsWith('/') ? "/" : "");
    }

    private static string Escape(string path)
    {
        if (!path.AsSpan().ContainsAnyExcept(Plain))
        {
            return path;
        }

        var escaped = new StringBuilder(path.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in path.EnumerateRunes())
        {
            if (rune.IsBmp && Plain.Contains((char)rune.Value))
            {
                escaped.Append((char)rune.Value);
                continue;
            }

            foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)])
            {
                escaped.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
            }
        }

        return escaped.ToString();
    }
}
