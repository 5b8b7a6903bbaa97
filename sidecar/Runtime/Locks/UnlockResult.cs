namespace DaprShop.Sidecar.Locks;

/// <summary>What became of an unlock; the numbers are those of Dapr's API.</summary>
internal enum UnlockResult
{
    Success = 0,
    DoesNotExist = 1,
    BelongsToOther = 2,
}
