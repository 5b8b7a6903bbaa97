using DaprShop.Sidecar.Workflows.Protocol;

namespace DaprShop.Sidecar.Workflows;

/// <summary>The committed events of an instance's current generation. Its events are shared and never changed.</summary>
internal sealed class WorkflowHistory
{
    private readonly List<HistoryEvent> _events = [];

    public IReadOnlyList<HistoryEvent> Events => _events;

    public HistoryFacts Facts { get; } = new();

    /// <summary>Bytes of the events on the wire.</summary>
    public long Size { get; private set; }

    public void Append(IEnumerable<HistoryEvent> events)
    {
        foreach (var e in events)
        {
            _events.Add(e);
            Facts.Add(e);
            Size += e.CalculateSize();
        }
    }
}
