using System.Text.Json.Serialization;
using DaprShop.Domain;

namespace DaprShop.Accounts.Domain;

/// <summary>What happened to an account: the only thing that is stored of it. The version counts its events from 1.</summary>
[JsonDerivedType(typeof(AccountCreated), "created")]
[JsonDerivedType(typeof(Deposited), "deposited")]
[JsonDerivedType(typeof(Withdrawn), "withdrawn")]
public abstract record AccountEvent(long Version, DateTimeOffset At);

/// <summary>The first event of each account.</summary>
public sealed record AccountCreated(long Version, string CustomerId, string Currency, DateTimeOffset At) : AccountEvent(Version, At);

/// <summary>Money came in; <paramref name="Reference"/> is the deposit's id, <paramref name="Balance"/> what was there afterwards.</summary>
public sealed record Deposited(long Version, string Reference, Money Amount, Money Balance, string Reason, DateTimeOffset At) : AccountEvent(Version, At);

/// <summary>Money went out; <paramref name="Reference"/> is the withdrawal's id, <paramref name="Balance"/> what was there afterwards.</summary>
public sealed record Withdrawn(long Version, string Reference, Money Amount, Money Balance, string Reason, DateTimeOffset At) : AccountEvent(Version, At);
