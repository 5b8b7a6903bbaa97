using Dapr.Actors;
using Dapr.Actors.Runtime;

namespace DaprShop.Sidecar.Tests.Actors;

public interface ICounter : IActor
{
    Task<int> AddAsync(int amount);

    Task FailAsync();

    Task<int> MostAtOnceAsync();

    Task<int> HoldAsync();

    Task RemindAsync(string name, string data, TimeSpan due);

    Task StartTimerAsync(TimeSpan period);

    Task StopTimerAsync();

    Task<int> CallThroughAsync(string other);

    Task<int> CallBackAsync(string first);
}

/// <summary>An actor of the unmodified SDK that says in the app's log what is done with it.</summary>
public sealed class CounterActor(ActorHost host, ActorLog log) : Actor(host), ICounter, IRemindable
{
    private int _running;
    private int _most;

    public async Task<int> AddAsync(int amount)
    {
        var count = await StateManager.GetOrAddStateAsync("count", 0) + amount;
        await StateManager.SetStateAsync("count", count);
        log.Add($"add {Id}");
        return count;
    }

    public Task FailAsync() => throw new InvalidOperationException("broken on purpose");

    public async Task<int> MostAtOnceAsync()
    {
        _most = Math.Max(_most, ++_running);
        await StateManager.GetOrAddStateAsync("count", 0);
        await StateManager.SaveStateAsync();
        _running--;
        return _most;
    }

    public async Task<int> HoldAsync()
    {
        log.Add($"held {Id}");
        await log.Release.Task;
        return await AddAsync(1);
    }

    public Task RemindAsync(string name, string data, TimeSpan due) =>
        RegisterReminderAsync(name, System.Text.Encoding.UTF8.GetBytes(data), due, TimeSpan.FromMilliseconds(-1));

    public Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period)
    {
        log.Add($"reminder {Id} {reminderName} {System.Text.Encoding.UTF8.GetString(state)}");
        return reminderName.StartsWith("fail", StringComparison.Ordinal) ? FailAsync() : Task.CompletedTask;
    }

    public Task StartTimerAsync(TimeSpan period) =>
        RegisterTimerAsync("tick", nameof(OnTickAsync), "data"u8.ToArray(), TimeSpan.Zero, period);

    public Task StopTimerAsync() => UnregisterTimerAsync("tick");

    public Task OnTickAsync(byte[] data)
    {
        log.Add($"timer {Id} {System.Text.Encoding.UTF8.GetString(data)}");
        return Task.CompletedTask;
    }

    public Task<int> CallThroughAsync(string other) => Other(other).CallBackAsync(Id.GetId());

    public Task<int> CallBackAsync(string first) => Other(first).AddAsync(1);

    protected override Task OnDeactivateAsync()
    {
        log.Add($"deactivated {Id}");
        return Task.CompletedTask;
    }

    private ICounter Other(string id) => ProxyFactory.CreateActorProxy<ICounter>(new ActorId(id), Host.ActorTypeInfo.ActorTypeName);
}
