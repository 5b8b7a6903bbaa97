using Microsoft.Data.Sqlite;

namespace DaprShop.Sidecar;

/// <summary>
/// A write that the disk did not take: it is full, or the file is damaged. Nothing of the write is stored; the next one may succeed.
/// </summary>
public sealed class StorageException : IOException
{
    private const int Full = 13;

    internal StorageException(SqliteException cause)
        : base(cause.SqliteErrorCode == Full ? "database or disk is full" : cause.Message, cause)
    {
    }
}

internal static class StorageFailures
{
    /// <summary>Makes a block's own error of a write that could not be stored.</summary>
    public static async Task<T> OrFailAsync<T>(this Task<T> write, Func<string, DaprApiException> failure)
    {
        try
        {
            return await write.ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            throw failure(e.Message);
        }
    }
}
