namespace Dapr.Workflow;

/// <summary>What workflow code may ask about its own replay (Dapr Workflow API).</summary>
public interface IWorkflowContext
{
    /// <summary>Whether the code runs again over what already happened; side effects that are no tasks (logging) should then be left out.</summary>
    bool IsReplaying { get; }

    /// <summary>The time of the current turn, equal on every replay. Never the wall clock.</summary>
    DateTime CurrentUtcDateTime { get; }

    /// <summary>
    /// Guards a change of a workflow's code: true for runs that reach this point for the first time or took the patch before, false for
    /// runs whose history was made by the code without it.
    /// </summary>
    /// <param name="patchName">Names the change; must stay the same for ever.</param>
    bool IsPatched(string patchName);
}
