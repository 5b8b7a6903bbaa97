namespace DaprShop.EndToEnd.Tests;

/// <summary>One running shop for all tests that leave it whole.</summary>
public sealed class OpenShop : IAsyncLifetime
{
    internal ShopProcess Process { get; } = new();

    /// <summary>One of the staff.</summary>
    internal Shopper Shopper { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Process.StartAsync();
        Shopper = await Shopper.StaffAsync(Process.RunFile.App("gateway"));
    }

    public async Task DisposeAsync()
    {
        Shopper.Dispose();
        await Process.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class OpenShopCollection : ICollectionFixture<OpenShop>
{
    public const string Name = "open shop";
}
