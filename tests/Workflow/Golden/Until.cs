using DaprShop.Workflow.Tests.Engine;

namespace DaprShop.Workflow.Tests.Golden;

internal static class Until
{
    /// <summary>Waits for something that nobody tells of.</summary>
    public static async Task TrueAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(ScriptedWorker.Patience);
        while (!condition())
        {
            await Task.Delay(1, patience.Token);
        }
    }
}
