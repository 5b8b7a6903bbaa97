namespace DaprShop.Sidecar;

/// <summary>Lets the composition run while a building block is still a seam.</summary>
internal static class Seam
{
    public static async Task TryAsync(Func<Task> start)
    {
        try
        {
            await start().ConfigureAwait(false);
        }
        catch (NotImplementedException)
        {
            // The block is not there yet.
        }
    }
}
