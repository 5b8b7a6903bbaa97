namespace DaprShop.Accounts;

/// <summary>The section <c>Accounts</c> of the configuration.</summary>
public sealed class AccountOptions
{
    /// <summary>After how many events an account's state is kept, so that it need not be rebuilt from the first one.</summary>
    public int SnapshotEvery { get; set; } = 50;
}
