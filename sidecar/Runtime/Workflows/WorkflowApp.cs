namespace DaprShop.Sidecar.Workflows;

/// <summary>One app's workflows: what its clients ask for and what its workers are given.</summary>
internal sealed class WorkflowApp(Sidecar sidecar)
{
    public Sidecar Sidecar => sidecar;

    /// <summary>Streams of workers connected now (metadata: workflows.connectedWorkers).</summary>
    public int ConnectedWorkers => throw new NotImplementedException();
}
