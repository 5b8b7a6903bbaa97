namespace DaprShop.Accounts.Domain;

/// <summary>What an account decided on a command: an event is to happen, nothing is (it was carried out before), or it refuses.</summary>
public sealed record Decision(AccountEvent? Event, AccountRefusal? Refusal, string? Detail)
{
    /// <summary>The command was carried out before.</summary>
    public static Decision Nothing { get; } = new(null, null, null);

    public static Decision Happens(AccountEvent happened) => new(happened, null, null);

    public static Decision Refuses(AccountRefusal refusal, string detail) => new(null, refusal, detail);
}

/// <summary>Why an account refuses a command.</summary>
public enum AccountRefusal
{
    /// <summary>The customer has no account.</summary>
    Unopened,

    /// <summary>The account is held in another currency.</summary>
    OtherCurrency,

    /// <summary>The id was used for something else.</summary>
    Reused,

    /// <summary>The account is not at the version that the caller has seen.</summary>
    OtherVersion,

    /// <summary>There is less in the account.</summary>
    InsufficientFunds,
}
