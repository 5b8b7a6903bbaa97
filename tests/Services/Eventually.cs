using System.Diagnostics;

namespace DaprShop.Services.Tests;

internal static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a condition; fails when it does not come true in half a minute.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < s_patience, "The condition did not come true");
            await Task.Delay(20);
        }
    }
}
