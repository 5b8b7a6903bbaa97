using System.Globalization;
using System.Text;

namespace DaprShop.Search.Domain;

/// <summary>What a customer typed, as words.</summary>
public static class SearchTerm
{
    public const int MaxLength = 200;

    private const int MaxWords = 12;

    /// <summary>
    /// An FTS5 expression that those products match which have, for each word, a word that begins with it. Each word is a quoted string, so
    /// nothing that was typed is read as an operator. Null when there is no word in it.
    /// </summary>
    public static string? ToMatch(string term)
    {
        var match = string.Join(' ', Words(term).Take(MaxWords).Select(word => $"\"{word}\"*"));
        return match.Length > 0 ? match : null;
    }

    private static IEnumerable<string> Words(string term)
    {
        var word = new StringBuilder();
        foreach (var rune in term.EnumerateRunes().Append(new Rune(' ')))
        {
            if (IsOfWord(rune))
            {
                word.Append(rune.ToString());
            }
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }
    }

    // An accent may stand by itself behind its letter. Half a surrogate pair comes as U+FFFD, which is none of these.
    private static bool IsOfWord(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark;
}
