using Dapr.Common.Serialization;
using Dapr.Workflow.Protocol;

namespace Dapr.Workflow.Replay;

/// <summary>Brings raised events and the waits for them together: by name in any case, first come, first served.</summary>
internal sealed class ExternalEvents(IDaprSerializer serializer)
{
    private readonly Dictionary<string, Queue<EventWait>> _waits = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Queue<(int Order, HistoryEvent Event)>> _unclaimed = new(StringComparer.OrdinalIgnoreCase);
    private int _arrived;

    /// <summary>Whether a further event could let the code go on.</summary>
    public bool HasWaits => _waits.Values.Any(waits => waits.Any(wait => wait.IsOpen));

    /// <summary>The events nobody has taken, in order of arrival.</summary>
    public IEnumerable<HistoryEvent> Unclaimed =>
        _unclaimed.Values.SelectMany(events => events).OrderBy(e => e.Order).Select(e => e.Event);

    public EventWait<T> Wait<T>(string name)
    {
        var wait = new EventWait<T>(serializer);
        if (_unclaimed.TryGetValue(name, out var events) && events.TryDequeue(out var oldest))
        {
            wait.Deliver(oldest.Event.EventRaised.Input);
        }
        else
        {
            QueueOf(_waits, name).Enqueue(wait);
        }

        return wait;
    }

    /// <summary>Hands an event to the oldest open wait for it, else keeps it.</summary>
    public void Arrive(HistoryEvent raised)
    {
        var name = raised.EventRaised.Name;
        if (_waits.TryGetValue(name, out var waits))
        {
            while (waits.TryDequeue(out var wait))
            {
                if (wait.IsOpen)
                {
                    wait.Deliver(raised.EventRaised.Input);
                    return;
                }
            }
        }

        Keep(raised);
    }

    public void Keep(HistoryEvent raised) => QueueOf(_unclaimed, raised.EventRaised.Name).Enqueue((_arrived++, raised));

    private static Queue<TItem> QueueOf<TItem>(Dictionary<string, Queue<TItem>> queues, string name)
    {
        if (!queues.TryGetValue(name, out var queue))
        {
            queues.Add(name, queue = new Queue<TItem>());
        }

        return queue;
    }
}
