namespace DaprShop.EndToEnd.Tests;

[Collection(OpenShopCollection.Name)]
public sealed class ReplayTests(OpenShop open)
{
    [Fact]
    public async Task A_replay_with_faults_reconciles()
    {
        var file = Path.Combine(Path.GetTempPath(), $"replay-{Guid.NewGuid():N}.csv");
        await File.WriteAllTextAsync(file, RetailCsv.Write(invoices: 60));
        try
        {
            var (exitCode, output) = await open.Process.ReplayAsync(file, "--decline", "20%", "--no-ship", "10%", "--concurrency", "8");

            Assert.True(exitCode == 0, output);
            Assert.Contains("Everything reconciles", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
            await open.Shopper.SucceedAsync(HttpMethod.Put, "/api/operations/shipping/faults", new Contracts.ShippingFaults(0));
            await open.Shopper.SucceedAsync(HttpMethod.Put, "/api/operations/cardprovider/faults", new Contracts.CardFaults(0, 0));
        }
    }
}
