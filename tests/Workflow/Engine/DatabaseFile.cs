using DaprShop.Sidecar.Storage;

namespace DaprShop.Workflow.Tests.Engine;

internal static class DatabaseFile
{
    /// <summary>Copies a database as kill -9 would leave it: what is committed by now, whatever its process would still have written.</summary>
    /// <param name="database">The open database.</param>
    /// <param name="path">The copy.</param>
    /// <param name="meanwhile">Done before the copy, when nothing is written any more.</param>
    public static async Task CopyAsync(Database database, string path, Action? meanwhile = null)
    {
        using var copied = new ManualResetEventSlim();
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holding = database.WriteAsync(_ =>
        {
            held.SetResult();
            copied.Wait();
        });
        await held.Task;
        try
        {
            meanwhile?.Invoke();
            foreach (var suffix in (string[])["", "-wal"])
            {
                await using var source = new FileStream(database.Path + suffix, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                await using var copy = File.Create(path + suffix);
                await source.CopyToAsync(copy);
            }
        }
        finally
        {
            copied.Set();
        }

        await holding;
    }
}
