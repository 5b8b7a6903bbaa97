using DaprShop.Sidecar.Observability;
using DaprShop.Sidecar.Resiliency;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Storage;

namespace DaprShop.Sidecar.State;

/// <summary>
/// A state store component as one app sees it. Every call is one transaction of the database, so a transaction that fails
/// changes nothing with any type of store: daprd does not roll back on state.redis, which nothing should rely on.
/// </summary>
internal sealed class StateStore
{
    private readonly Sidecar _sidecar;
    private readonly StateRules _rules;
    private readonly string _store;
    private readonly string? _prefix;
    private readonly int? _defaultTtl;
    private readonly bool _tellsCause;
    private readonly Outbox? _outbox;
    private readonly ResiliencyPolicy _policy;

    /// <summary>Throws <see cref="InvalidDataException"/> or <see cref="FormatException"/> for metadata that cannot be used.</summary>
    public StateStore(Sidecar sidecar, Component component)
    {
        _sidecar = sidecar;
        Name = component.Name;
        _rules = StateRules.For(component.Type);
        // As in daprd, an in-memory store is this sidecar's own and ends with it.
        _store = component.Type == "state.in-memory" ? $"{StateTable.MemoryPrefix}{Guid.NewGuid()}" : component.Name;
        _prefix = KeyPrefix.Of(component.Metadata.GetValueOrDefault("keyPrefix"), sidecar.AppId, component.Name);
        _defaultTtl = TimeToLive.Parse(component.Metadata);
        _tellsCause = component.Type is "state.redis" or "state.in-memory";
        _outbox = Outbox.Of(sidecar, component);
        _policy = sidecar.Policies.ForComponentOutbound(component.Name, component.Category);
    }

    private StateStore(StateStore other)
    {
        (_sidecar, Name, _rules, _store, _defaultTtl, _tellsCause, _policy) =
            (other._sidecar, other.Name, other._rules, other._store, other._defaultTtl, other._tellsCause, other._policy);
    }

    public string Name { get; }

    private Database Database => _sidecar.Shared.Database;

    private CallFamily<ComponentCall> Calls => _sidecar.Metrics.Components.State;

    private long Now => _sidecar.Shared.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The same store for the state of actors: keys are whole as they are given, whatever they hold, and there is no outbox.</summary>
    public StateStore ForActors() => new(this);

    /// <summary>The value of a key; null when there is none or it has expired.</summary>
    public ValueTask<StateEntry?> GetAsync(string key, CancellationToken cancellationToken)
    {
        var fullKey = FullKey(key);
        return _policy.IsNone
            ? new(Calls.Measure(Name, "get", () => Get(fullKey)))
            : new(Calls.MeasureAsync(Name, "get", GetUnderPolicyAsync(key, fullKey, cancellationToken)));
    }

    /// <summary>The values of several keys, of one moment, in the order of the keys.</summary>
    public ValueTask<IReadOnlyList<StateEntry?>> GetAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        string[] fullKeys = [.. keys.Select(FullKey)];
        return _policy.IsNone
            ? new(Calls.Measure<IReadOnlyList<StateEntry?>>(Name, "bulk_get", () => Get(fullKeys)))
            : new(Calls.MeasureAsync(Name, "bulk_get", GetUnderPolicyAsync(fullKeys, cancellationToken)));
    }

    /// <summary>Saves each item by itself: one that fails does not keep the others from being saved, but fails the call.</summary>
    public Task SaveAsync(IReadOnlyList<StateUpsert> items, CancellationToken cancellationToken) =>
        Calls.MeasureAsync(Name, "set", RunAsync(items, (_, decision, cause) => StateErrors.Save(Name, decision, cause), cancellationToken));

    /// <summary>Deletes each key by itself, as <see cref="SaveAsync"/> saves.</summary>
    public Task DeleteAsync(IReadOnlyList<StateDelete> items, CancellationToken cancellationToken) =>
        Calls.MeasureAsync(
            Name,
            items.Count > 1 ? "bulk_delete" : "delete",
            RunAsync(items, (item, decision, cause) => StateErrors.Delete(item.Key, decision, cause), cancellationToken));

    /// <summary>Applies all operations in order or none; the outbox's events are stored with them.</summary>
    public Task TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        var events = _outbox?.EventsOf(operations) ?? [];
        var prepared = Prepare(_outbox is null ? operations : Outbox.StoredOf(operations), StateErrors.Transaction);
        var now = Now;
        bool ApplyAll(Session session)
        {
            foreach (var item in prepared)
            {
                var decision = Apply(session, item, now);
                if (decision != WriteDecision.Write)
                {
                    throw StateErrors.Transaction(CauseOf(item.Operation, decision));
                }
            }

            _outbox?.Append(session, events);
            return true;
        }

        return prepared.Count == 0 ? Task.CompletedTask : Calls.MeasureAsync(
            Name,
            "transaction",
            (_policy.IsNone
                ? Database.WriteAsync(ApplyAll, cancellationToken)
                : WriteUnderPolicyAsync(ApplyAll, StateErrors.Transaction, cancellationToken)).OrFailAsync(StateErrors.Transaction));
    }

    private async Task<bool> RunAsync(
        IReadOnlyList<StateOperation> items,
        Func<StateOperation, WriteDecision, string, DaprApiException> failure,
        CancellationToken cancellationToken)
    {
        var prepared = Prepare(items, cause => StateErrors.Save(Name, cause));
        if (prepared.Count == 0)
        {
            return true;
        }

        var now = Now;
        List<WriteDecision> ApplyAll(Session session) => prepared.ConvertAll(item => Apply(session, item, now));
        List<WriteDecision> decisions;
        try
        {
            decisions = _policy.IsNone
                ? await Database.WriteAsync(ApplyAll, cancellationToken).ConfigureAwait(false)
                : await WriteUnderPolicyAsync(ApplyAll, items[0], failure, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            throw failure(items[0], WriteDecision.Write, e.Message);
        }

        var failed = decisions.FindIndex(decision => decision != WriteDecision.Write);
        return failed < 0 ? true : throw failure(items[failed], decisions[failed], CauseOf(items[failed], decisions[failed]));
    }

    // Methods of their own: without a policy a call does not pay for what only these capture.
    private Task<T> WriteUnderPolicyAsync<T>(
        Func<Session, T> work, Func<string, DaprApiException> failure, CancellationToken cancellationToken) =>
        _policy.CallAsync(token => Database.WriteAsync(work, token), failure, cancellationToken);

    private Task<T> WriteUnderPolicyAsync<T>(
        Func<Session, T> work,
        StateOperation first,
        Func<StateOperation, WriteDecision, string, DaprApiException> failure,
        CancellationToken cancellationToken) =>
        WriteUnderPolicyAsync(work, cause => failure(first, WriteDecision.Write, cause), cancellationToken);

    private Task<StateEntry?> GetUnderPolicyAsync(string key, string fullKey, CancellationToken cancellationToken) =>
        _policy.CallAsync(_ => Task.FromResult(Get(fullKey)), cause => StateErrors.Get(Name, key, cause), cancellationToken);

    private Task<IReadOnlyList<StateEntry?>> GetUnderPolicyAsync(string[] fullKeys, CancellationToken cancellationToken) =>
        _policy.CallAsync(_ => Task.FromResult<IReadOnlyList<StateEntry?>>(Get(fullKeys)), cause => StateErrors.GetBulk(Name, cause), cancellationToken);

    private StateEntry? Get(string fullKey)
    {
        var now = Now;
        return Database.Read(session => Find(session, fullKey, now));
    }

    private StateEntry?[] Get(string[] fullKeys)
    {
        var now = Now;
        return Database.Read(session => Array.ConvertAll(fullKeys, key => Find(session, key, now)));
    }

    private WriteDecision Apply(Session session, Prepared item, long now)
    {
        var row = StateTable.FindRow(session, _store, item.Key);
        var current = row is not null && row.IsExpired(now) ? null : row;
        var decision = _rules.Decide(current, item.Operation);
        if (decision != WriteDecision.Write)
        {
            return decision;
        }

        switch (item.Operation)
        {
            case StateUpsert upsert:
                Write(session, item, upsert, row, current, now);
                break;
            case StateDelete when row is not null:
                StateTable.Delete(session, row.Id);
                break;
        }

        return decision;
    }

    private void Write(Session session, Prepared item, StateUpsert upsert, StateRow? row, StateRow? current, long now)
    {
        var etag = _rules.NextETag(current);
        var writtenFirst = _rules.WrittenFirst(current, upsert.Concurrency);
        var expires = _rules.Expires(current, item.Ttl, now);
        if (row is null)
        {
            StateTable.Insert(session, _store, item.Key, upsert.Value, etag, writtenFirst, expires);
        }
        else
        {
            StateTable.Update(session, row.Id, upsert.Value, etag, writtenFirst, expires);
        }
    }

    private StateEntry? Find(Session session, string fullKey, long now)
    {
        var entry = StateTable.Find(session, _store, fullKey, now);
        return entry is { Expires: not null } && !_rules.TellsExpiry ? entry with { Expires = null } : entry;
    }

    private List<Prepared> Prepare(IReadOnlyList<StateOperation> operations, Func<string, DaprApiException> invalid)
    {
        var prepared = new List<Prepared>(operations.Count);
        foreach (var operation in operations)
        {
            if (operation.Key.Length == 0)
            {
                throw StateErrors.KeyRequired();
            }

            prepared.Add(new Prepared(operation, FullKey(operation.Key), operation is StateUpsert ? TtlOf(operation, invalid) : null));
        }

        return prepared;
    }

    private int? TtlOf(StateOperation operation, Func<string, DaprApiException> invalid)
    {
        try
        {
            return TimeToLive.Parse(operation.Metadata) ?? _defaultTtl;
        }
        catch (FormatException e)
        {
            throw invalid(e.Message);
        }
    }

    private string FullKey(string key) => _prefix is not null && key.Contains(KeyPrefix.Separator, StringComparison.Ordinal)
        ? throw StateErrors.IllegalKey(Name, key)
        : _prefix + key;

    private string CauseOf(StateOperation operation, WriteDecision decision) => decision switch
    {
        WriteDecision.Mismatch when _tellsCause =>
            $"possible etag mismatch. error from state store: the etag of {operation.Key} is not {operation.ETag}",
        WriteDecision.Mismatch => "possible etag mismatch. error from state store",
        WriteDecision.InvalidETag => $"invalid etag value: strconv.Atoi: parsing \"{operation.ETag}\": invalid syntax",
        _ => $"failed to set key {_prefix}{operation.Key}: ERR user_script: the key was written with first-write, this write has no etag",
    };

    private readonly record struct Prepared(StateOperation Operation, string Key, int? Ttl);
}
