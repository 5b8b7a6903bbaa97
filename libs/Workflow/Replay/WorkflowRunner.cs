using Dapr.Common.Serialization;
using Dapr.Workflow.Protocol;
using Dapr.Workflow.Registration;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Replay;

/// <summary>
/// Answers a turn of a workflow: replays the code over its history and tells what it asks for next. A pure function of the request and of
/// the registered code, run on the calling thread from beginning to end.
/// </summary>
internal sealed class WorkflowRunner(WorkflowRegistry registry, IDaprSerializer serializer, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("Dapr.Workflow.Replay");

    /// <param name="request">The turn, with its whole history.</param>
    /// <param name="services">Where the workflow's constructor arguments come from.</param>
    public WorkflowResponse Run(WorkflowRequest request, IServiceProvider services)
    {
        // With a synchronization context continuations would be posted to it instead of running inline.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return new WorkflowExecution(request, registry, serializer, loggers, _logger).Run(services);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
