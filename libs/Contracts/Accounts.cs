using DaprShop.Domain;

namespace DaprShop.Contracts;

/// <summary>PUT /accounts/{customerId}: opens it; again with the same currency changes nothing.</summary>
public sealed record OpenAccount(string Currency);

/// <summary>POST /accounts/{customerId}/deposits: the deposit id is applied once; another version than the expected one is a 409.</summary>
public sealed record DepositMoney(string DepositId, MoneyAmount Amount, string Reason, long? ExpectedVersion = null);

/// <summary>POST /accounts/{customerId}/withdrawals: 422 insufficient-funds where there is too little.</summary>
public sealed record WithdrawMoney(string WithdrawalId, MoneyAmount Amount, string Reason, long? ExpectedVersion = null);

/// <summary>GET /accounts/{customerId}; the version is the number of its events.</summary>
public sealed record AccountResponse(string CustomerId, MoneyAmount Balance, long Version);

/// <summary>One event of an account. The amount is absent where none moved.</summary>
public sealed record AccountEntry(long Version, string Type, MoneyAmount? Amount, MoneyAmount Balance, string? Reference, string? Reason, DateTimeOffset At);

/// <summary>POST /balances/replay: how much was read to build the balances anew.</summary>
public sealed record ReplayedBalances(int Accounts, long Events);

/// <summary>Topic accounts.</summary>
public sealed record AccountOpened(string CustomerId, string Currency, long Version, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic accounts.</summary>
public sealed record MoneyDeposited(
    string CustomerId, string DepositId, MoneyAmount Amount, MoneyAmount Balance, string Reason, long Version, DateTimeOffset At) : DomainEvent(At);

/// <summary>Topic accounts.</summary>
public sealed record MoneyWithdrawn(
    string CustomerId, string WithdrawalId, MoneyAmount Amount, MoneyAmount Balance, string Reason, long Version, DateTimeOffset At) : DomainEvent(At);
