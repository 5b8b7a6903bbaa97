namespace DaprShop.EndToEnd.Tests;

/// <summary>Waiting for a condition, not for a clock.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Repeats until the condition holds; fails with the message when the limit has passed. A refused connection is "not yet".</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, TimeSpan limit, Func<string> message)
    {
        var deadline = DateTime.UtcNow + limit;
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Nobody listens yet.
            }

            Assert.True(DateTime.UtcNow < deadline, DateTime.UtcNow < deadline ? null : message());
            await Task.Delay(Pause);
        }
    }

    /// <summary>Repeats until the value is as wanted, and gives it.</summary>
    public static async Task<T> IsAsync<T>(Func<Task<T>> read, Predicate<T> wanted, TimeSpan? limit = null)
    {
        T value = default!;
        await HoldsAsync(
            async () => wanted(value = await read()),
            limit ?? TimeSpan.FromSeconds(30),
            () => $"Still {System.Text.Json.JsonSerializer.Serialize(value, Contracts.ContractsJson.Options)}");
        return value;
    }
}
