using System.Globalization;
using System.Text;

namespace DaprShop.Sidecar.Cel;

/// <summary>Splits an expression into tokens.</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] s_pairs = ["==", "!=", "<=", ">=", "&&", "||"];

    private int _position;

    public CelToken Next()
    {
        SkipBlanks();
        if (_position == text.Length)
        {
            return new CelToken(CelTokenKind.End, "", _position);
        }

        var c = text[_position];
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
        {
            return Number();
        }

        if (c is '"' or '\'' || (c is 'r' or 'R' && Peek(1) is '"' or '\''))
        {
            return String();
        }

        return char.IsAsciiLetter(c) || c == '_' ? Identifier() : Symbol();
    }

    private char Peek(int ahead) => _position + ahead < text.Length ? text[_position + ahead] : '\0';

    private void SkipBlanks()
    {
        while (_position < text.Length)
        {
            if (char.IsWhiteSpace(text[_position]))
            {
                _position++;
            }
            else if (text[_position] == '/' && Peek(1) == '/')
            {
                var end = text.IndexOf('\n', _position);
                _position = end < 0 ? text.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    private CelToken Identifier()
    {
        var start = _position;
        while (char.IsAsciiLetterOrDigit(Peek(0)) || Peek(0) == '_')
        {
            _position++;
        }

        return new CelToken(CelTokenKind.Identifier, text[start.._position], start);
    }

    private CelToken Symbol()
    {
        var start = _position;
        foreach (var pair in s_pairs)
        {
            if (string.CompareOrdinal(text, start, pair, 0, pair.Length) == 0)
            {
                _position += pair.Length;
                return new CelToken(CelTokenKind.Symbol, pair, start);
            }
        }

        if (!"()[],.?:+-*/%!<>".Contains(text[start], StringComparison.Ordinal))
        {
            throw Error($"token recognition error at: '{text[start]}'", start);
        }

        _position++;
        return new CelToken(CelTokenKind.Symbol, text[start].ToString(), start);
    }

    private CelToken Number()
    {
        var start = _position;
        if (Peek(0) == '0' && Peek(1) is 'x' or 'X')
        {
            _position += 2;
            SkipWhile(char.IsAsciiHexDigit);
            return long.TryParse(text.AsSpan(start + 2, _position - start - 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex) && hex >= 0
                ? Literal(CelTokenKind.Int, hex.ToString(CultureInfo.InvariantCulture), start)
                : throw Error("invalid int literal", start);
        }

        SkipWhile(char.IsAsciiDigit);
        var kind = CelTokenKind.Int;
        if (Peek(0) == '.' && char.IsAsciiDigit(Peek(1)))
        {
            kind = CelTokenKind.Double;
            _position++;
            SkipWhile(char.IsAsciiDigit);
        }

        var sign = Peek(1) is '+' or '-' ? 1 : 0;
        if (Peek(0) is 'e' or 'E' && char.IsAsciiDigit(Peek(1 + sign)))
        {
            kind = CelTokenKind.Double;
            _position += 1 + sign;
            SkipWhile(char.IsAsciiDigit);
        }

        return Literal(kind, text[start.._position], start);
    }

    private CelToken Literal(CelTokenKind kind, string literal, int start) =>
        char.IsAsciiLetter(Peek(0)) ? throw Error($"unexpected '{Peek(0)}' after a number", _position) : new CelToken(kind, literal, start);

    private void SkipWhile(Func<char, bool> isPart)
    {
        while (isPart(Peek(0)))
        {
            _position++;
        }
    }

    private CelToken String()
    {
        var start = _position;
        var raw = text[_position] is 'r' or 'R';
        _position += raw ? 1 : 0;
        var quote = text[_position];
        var triple = Peek(1) == quote && Peek(2) == quote;
        var delimiter = triple ? new string(quote, 3) : quote.ToString();
        _position += delimiter.Length;
        var value = new StringBuilder();
        while (string.CompareOrdinal(text, _position, delimiter, 0, delimiter.Length) != 0)
        {
            if (_position >= text.Length || (!triple && text[_position] is '\n' or '\r'))
            {
                throw Error("the string is not closed", start);
            }

            if (text[_position] == '\\' && !raw)
            {
                Escape(value);
            }
            else
            {
                value.Append(text[_position++]);
            }
        }

        _position += delimiter.Length;
        return new CelToken(CelTokenKind.String, value.ToString(), start);
    }

    private void Escape(StringBuilder value)
    {
        var start = _position++;
        var c = Peek(0);
        _position++;
        switch (c)
        {
            case 'n': value.Append('\n'); break;
            case 't': value.Append('\t'); break;
            case 'r': value.Append('\r'); break;
            case 'a': value.Append('\a'); break;
            case 'b': value.Append('\b'); break;
            case 'f': value.Append('\f'); break;
            case 'v': value.Append('\v'); break;
            case '\\' or '"' or '\'' or '`' or '?': value.Append(c); break;
            case 'x' or 'X': AppendCodePoint(value, 2, 16, start); break;
            case 'u': AppendCodePoint(value, 4, 16, start); break;
            case 'U': AppendCodePoint(value, 8, 16, start); break;
            case >= '0' and <= '3':
                _position--;
                AppendCodePoint(value, 3, 8, start);
                break;
            default: throw Error("invalid escape sequence", start);
        }
    }

    private void AppendCodePoint(StringBuilder value, int digits, int @base, int start)
    {
        var code = 0L;
        for (var i = 0; i < digits; i++, _position++)
        {
            var digit = char.IsAsciiHexDigit(Peek(0)) ? Convert.ToInt32(Peek(0).ToString(), 16) : @base;
            code = digit < @base ? (code * @base) + digit : throw Error("invalid escape sequence", start);
        }

        value.Append(Rune.IsValid((int)code) && code <= int.MaxValue ? new Rune((int)code).ToString() : throw Error("invalid code point", start));
    }

    public FormatException Error(string message, int position)
    {
        var before = text.AsSpan(0, Math.Min(position, text.Length));
        var lineStart = before.LastIndexOf('\n') + 1;
        var lineEnd = text.IndexOf('\n', lineStart);
        var line = text[lineStart..(lineEnd < 0 ? text.Length : lineEnd)];
        var column = before.Length - lineStart + 1;
        return new FormatException(
            $"ERROR: <input>:{before.Count('\n') + 1}:{column}: Syntax error: {message}\n | {line}\n | {new string('.', column - 1)}^");
    }
}
