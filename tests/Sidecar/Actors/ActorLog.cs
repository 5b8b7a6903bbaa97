using System.Collections.Concurrent;

namespace DaprShop.Sidecar.Tests.Actors;

/// <summary>What happened to the actors of one app of a test, in order; tests wait for what they expect.</summary>
public sealed class ActorLog
{
    private readonly ConcurrentQueue<string> _entries = new();
    private readonly SemaphoreSlim _arrived = new(0);

    /// <summary>What held calls wait for.</summary>
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> All => [.. _entries];

    public int Count(string entry) => _entries.Count(item => item == entry);

    public void Add(string entry)
    {
        _entries.Enqueue(entry);
        _arrived.Release();
    }

    public async Task UntilAsync(string entry, int times = 1)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (Count(entry) < times)
        {
            await _arrived.WaitAsync(timeout.Token);
        }
    }
}
