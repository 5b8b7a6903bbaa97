using DaprShop.Sidecar.State;

namespace DaprShop.Sidecar.Actors;

/// <summary>The state of an app's actors, in its actor state store under <c>APP||TYPE||ID||KEY</c>.</summary>
internal sealed class ActorState(Sidecar sidecar)
{
    private const string TtlFeature = "ActorStateTTL";

    private StateStore Store => sidecar.State.ActorStore ?? throw ActorErrors.NoStore();

    public ValueTask<StateEntry?> GetAsync(ActorKey actor, string key, CancellationToken cancellationToken) =>
        Store.GetAsync(FullKey(actor, key), cancellationToken);

    /// <summary>Applies all operations or none; their keys are the actor's.</summary>
    public async Task TransactAsync(ActorKey actor, IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        var store = Store;
        StateOperation[] full = [.. operations.Select(operation => Check(operation) with { Key = FullKey(actor, operation.Key) })];
        try
        {
            await store.TransactAsync(full, cancellationToken).ConfigureAwait(false);
        }
        catch (DaprApiException failure)
        {
            throw ActorErrors.StateSave(failure.Message);
        }
    }

    private StateOperation Check(StateOperation operation)
    {
        if (operation.Key.Length == 0)
        {
            throw ActorErrors.StateSave("missing key");
        }

        return operation.Metadata.ContainsKey(TimeToLive.Name) && !sidecar.Resources.Configuration.Features.GetValueOrDefault(TtlFeature)
            ? throw ActorErrors.StateSave($"{TimeToLive.Name} is not supported without the \"{TtlFeature}\" feature enabled")
            : operation;
    }

    private string FullKey(ActorKey actor, string key) =>
        string.Join(KeyPrefix.Separator, sidecar.AppId, actor.Type, actor.Id, key);
}
