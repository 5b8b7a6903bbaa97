using Dapr.Workflow;

namespace DaprShop.Workflow.Tests.Chaos;

/// <summary>A workflow made at random: a tree whose leaves each have a label of their own, and whose result does not depend on who is faster.</summary>
/// <param name="Count">Seconds of a timer, failures before an activity succeeds.</param>
internal sealed record Plan(PlanKind Kind, string Label, int Count, Plan[] Parts)
{
    /// <summary>The name of the workflow that runs a plan.</summary>
    public const string Workflow = "Plan";

    public static Plan Random(int seed)
    {
        var random = new Random(seed);
        return Of(Whole(random), "0", random, depth: 0);
    }

    public IEnumerable<Plan> WithParts() => Parts.SelectMany(part => part.WithParts()).Prepend(this);

    /// <summary>The events that will be waited for, each with the instance that waits.</summary>
    public IEnumerable<(string InstanceId, string Name)> EventsOf(string instanceId) => Kind switch
    {
        PlanKind.Event => [(instanceId, Label)],
        PlanKind.Child => Parts.SelectMany(part => part.EventsOf(ChildId(instanceId))),
        _ => Parts.SelectMany(part => part.EventsOf(instanceId)),
    };

    /// <summary>The code that runs a plan; what it returns tells all it has seen.</summary>
    public static async Task<string> RunAsync(WorkflowContext context, PlanRun run)
    {
        if (run.Plan.Kind != PlanKind.Generations)
        {
            return await RunAsync(context, run.Plan);
        }

        // Nobody waits for it: it may outlive its generation and must not reach the next one, which has a timer of the same number.
        _ = context.CreateTimer(TimeSpan.FromSeconds(2 + run.Results.Count));
        IReadOnlyList<string> results = [.. run.Results, await RunAsync(context, run.Plan.Parts[run.Results.Count])];
        if (results.Count < run.Plan.Parts.Length)
        {
            context.ContinueAsNew(run with { Results = results });
        }

        return $"<{string.Join(',', results)}>";
    }

    private static async Task<string> RunAsync(WorkflowContext context, Plan plan)
    {
        switch (plan.Kind)
        {
            case PlanKind.Activity:
                return await context.CallActivityAsync<string>("Work", plan.Label);
            case PlanKind.Retry:
                var policy = new WorkflowRetryPolicy(plan.Count + 1, TimeSpan.FromSeconds(1), backoffCoefficient: 2);
                return await context.CallActivityAsync<string>("Work", plan.Label, new WorkflowTaskOptions(policy));
            case PlanKind.Failure:
                return await FailAsync(context, plan.Label);
            case PlanKind.Timer:
                var due = context.CurrentUtcDateTime.AddSeconds(plan.Count);
                await context.CreateTimer(TimeSpan.FromSeconds(plan.Count));
                return context.CurrentUtcDateTime >= due ? $"{plan.Label} rang" : $"{plan.Label} rang early";
            case PlanKind.Event:
                return await context.WaitForExternalEventAsync<string>(plan.Label);
            case PlanKind.Child:
                return await context.CallChildWorkflowAsync<string>(
                    Workflow, PlanRun.Of(plan.Parts[0]), new ChildWorkflowTaskOptions(plan.ChildId(context.InstanceId)));
            case PlanKind.Parallel:
                return $"({string.Join('|', await Task.WhenAll(plan.Parts.Select(part => RunAsync(context, part))))})";
            default:
                List<string> results = [];
                foreach (var part in plan.Parts)
                {
                    results.Add(await RunAsync(context, part));
                }

                return $"[{string.Join(',', results)}]";
        }
    }

    private string ChildId(string parentId) => $"{parentId}-{Label}";

    private static async Task<string> FailAsync(WorkflowContext context, string label)
    {
        try
        {
            return await context.CallActivityAsync<string>("Fail", label);
        }
        catch (WorkflowTaskFailedException failed)
        {
            return failed.FailureDetails.ErrorMessage;
        }
    }

    private static Plan Of(PlanKind kind, string label, Random random, int depth)
    {
        var parts = kind switch
        {
            PlanKind.Sequence => random.Next(1, 5),
            PlanKind.Generations => random.Next(2, 5),
            PlanKind.Parallel => random.Next(2, 5),
            PlanKind.Child => 1,
            _ => 0,
        };
        return new Plan(kind, label, random.Next(1, 4), [.. Enumerable.Range(0, parts).Select(i =>
            Of(kind == PlanKind.Child ? Whole(random) : Kinds(depth)[random.Next(Kinds(depth).Length)], $"{label}.{i}", random, depth + 1))]);
    }

    // What an instance is as a whole: only that can continue as new.
    private static PlanKind Whole(Random random) => random.Next(3) == 0 ? PlanKind.Generations : PlanKind.Sequence;

    private static PlanKind[] Kinds(int depth) =>
        [.. Enum.GetValues<PlanKind>().Where(kind => kind != PlanKind.Generations && (depth < 3 || kind is not (PlanKind.Sequence or PlanKind.Parallel or PlanKind.Child)))];
}

/// <summary>The input of an instance: its plan, and what its earlier generations have returned.</summary>
internal sealed record PlanRun(Plan Plan, IReadOnlyList<string> Results)
{
    public static PlanRun Of(Plan plan) => new(plan, []);
}

internal enum PlanKind
{
    Sequence,
    Generations,
    Parallel,
    Child,
    Activity,
    Retry,
    Failure,
    Timer,
    Event,
}
