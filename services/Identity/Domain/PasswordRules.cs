namespace DaprShop.Identity.Domain;

/// <summary>What a password must be.</summary>
public static class PasswordRules
{
    public const int MinLength = 10;

    // Hashing a longer one would be work that a stranger can ask for.
    public const int MaxLength = 128;

    /// <summary>What is wrong with it, for a human; nothing when it is good.</summary>
    public static IEnumerable<string> Broken(string? password)
    {
        if (password is not { Length: >= MinLength and <= MaxLength })
        {
            yield return $"is {MinLength} to {MaxLength} characters";
        }

        if (password?.Any(char.IsLower) != true)
        {
            yield return "needs a lower-case letter";
        }

        if (password?.Any(char.IsUpper) != true)
        {
            yield return "needs an upper-case letter";
        }

        if (password?.Any(char.IsDigit) != true)
        {
            yield return "needs a digit";
        }
    }
}
