using System.Text.RegularExpressions;

namespace DaprShop.EndToEnd.Tests;

/// <summary>In a shop of its own, where all sales are the replay's.</summary>
public sealed partial class ReplayTests
{
    [Fact]
    public async Task A_replay_with_faults_reconciles_and_analytics_knows_every_penny()
    {
        await using var shop = new ShopProcess();
        await shop.StartAsync();
        var file = Path.Combine(Path.GetTempPath(), $"replay-{Guid.NewGuid():N}.csv");
        await File.WriteAllTextAsync(file, RetailCsv.Write(invoices: 60));
        try
        {
            var (exitCode, output) = await shop.ReplayAsync(file, "--decline", "20%", "--no-ship", "10%", "--concurrency", "8");

            Assert.True(exitCode == 0, output);
            Assert.Contains("Everything reconciles", output, StringComparison.Ordinal);
            Assert.Matches(SalesThatAgree(), output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [GeneratedRegex(@"sales in analytics\D+(\d[\d.]*)\D+\1\D+ok")]
    private static partial Regex SalesThatAgree();
}
