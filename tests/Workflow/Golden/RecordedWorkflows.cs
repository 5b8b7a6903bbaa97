using System.Text.Json;
using Dapr.Workflow;

namespace DaprShop.Workflow.Tests.Golden;

/// <summary>The workflows of the recordings, most of which were written for node, in C#.</summary>
internal static class RecordedWorkflows
{
    public static void Register(WorkflowRuntimeOptions options, string scenario)
    {
        options.RegisterWorkflow<JsonElement?, string>("ReturnOnly", (_, _) => Task.FromResult("ok"));
        options.RegisterWorkflow<JsonElement?, string>("OneActivity", (context, input) => context.CallActivityAsync<string>("Describe", input));
        options.RegisterWorkflow<int, int>("Chain3", ChainAsync);
        options.RegisterWorkflow<JsonElement?, int>("FanOut5", FanOutAsync);
        options.RegisterWorkflow<JsonElement?, string>("WhenAny2", WhenAnyAsync);
        options.RegisterWorkflow<JsonElement?, string>("ThrowUncaught", (context, _) => context.CallActivityAsync<string>("Boom", "in"));
        options.RegisterWorkflow<JsonElement?, string>("ThrowCaught", CompensateAsync);
        options.RegisterWorkflow<JsonElement?, string>("Retry3", RetryAsync);
        options.RegisterWorkflow<JsonElement?, string>("UnknownActivity", (context, _) => context.CallActivityAsync<string>("NoSuchActivity", 1));
        options.RegisterWorkflow<JsonElement?, string>("ThrowsFirst", (_, _) => throw new InvalidOperationException("bad start"));
        options.RegisterWorkflow<JsonElement?, string>("Timer2", TimerAsync);
        options.RegisterWorkflow<JsonElement?, JsonElement?>("WaitEvent", (context, _) => context.WaitForExternalEventAsync<JsonElement?>("approved"));
        options.RegisterWorkflow<JsonElement?, JsonElement?>("ActThenEvent", ActThenWaitAsync);
        options.RegisterWorkflow<int, string>("EventTimeout", WaitForAWhileAsync);
        options.RegisterWorkflow<JsonElement?, JsonElement?[]>("ThreeEvents", ThreeEventsAsync);
        options.RegisterWorkflow<int, int>("ChildOk", (context, input) => context.CallChildWorkflowAsync<int>("ChildAdd", input, ChildOf(context, ":0001")));
        options.RegisterWorkflow<int, int>("ChildAdd", (context, input) => context.CallActivityAsync<int>("AddOne", input));
        options.RegisterWorkflow<int, int>("ChildFail", (context, input) => context.CallChildWorkflowAsync<int>("ChildBoom", input, ChildOf(context, ":0001")));
        options.RegisterWorkflow<int, int>("ChildBoom", (_, _) => throw new InvalidOperationException("child boom"));
        options.RegisterWorkflow<string, JsonElement?>("ChildTaken", (context, id) =>
            context.CallChildWorkflowAsync<JsonElement?>("WaitEvent", 1, new ChildWorkflowTaskOptions(id)));
        options.RegisterWorkflow<int, JsonElement?>("ChildWaits", (context, input) =>
            context.CallChildWorkflowAsync<JsonElement?>("WaitEvent", input, ChildOf(context, "-child")));
        options.RegisterWorkflow<int, int?>("CanCounter", CountAsync(scenario == "24-continue-as-new" ? 3 : 0));
        options.RegisterWorkflow<Taken?, int[]>("CanEvents", TakeEventsAsync);
        options.RegisterWorkflow<JsonElement?, string>("CustomStatus", SetStatusAsync);
        options.RegisterWorkflow<int, int>("SlowActivity", (context, time) => context.CallActivityAsync<int>("Delay", time));
        options.RegisterWorkflow<JsonElement?, JsonElement?>("EchoWf", (context, input) => context.CallActivityAsync<JsonElement?>("Echo", input));
        options.RegisterWorkflow<int, string>("BigWf", (context, size) => context.CallActivityAsync<string>("Big", size));
        options.RegisterWorkflow<JsonElement?, JsonElement?>("Child", (context, _) => context.WaitForExternalEventAsync<JsonElement?>("never"));
        options.RegisterWorkflow<JsonElement?, object?>("Scripted", Scripted(scenario[..2]));
    }

    private static Func<WorkflowContext, JsonElement?, Task<object?>> Scripted(string number) => async (context, _) =>
    {
        switch (number)
        {
            case "64":
                return await context.WaitForExternalEventAsync<int>("go");
            case "77":
                try
                {
                    return await context.CallChildWorkflowAsync<int>("Child", 2, ChildOf(context, "-c"));
                }
                catch (WorkflowTaskFailedException)
                {
                    return 1;
                }

            case "78":
                await Task.WhenAll(context.CallActivityAsync("A", 1), context.CreateTimer(TimeSpan.FromSeconds(1.2)));
                return 1;
            case "79":
                context.SetCustomStatus("keep");
                await context.WaitForExternalEventAsync<int>("x");
                context.SetCustomStatus(null);
                return "e";
            case "83":
                try
                {
                    await context.CallActivityAsync("A", 1);
                }
                catch (WorkflowTaskFailedException failed) when (failed.FailureDetails.IsCausedBy<InvalidOperationException>())
                {
                }

                return 1;
            case "88":
                return await context.WaitForExternalEventAsync<int>("go", TimeSpan.FromSeconds(-1));
            default:
                throw new InvalidOperationException($"nobody has written the workflow of scenario {number}");
        }
    };

    private static async Task<int> ChainAsync(WorkflowContext context, int n)
    {
        for (var i = 0; i < 3; i++)
        {
            n = await context.CallActivityAsync<int>("AddOne", n);
        }

        return n;
    }

    private static async Task<int> FanOutAsync(WorkflowContext context, JsonElement? input)
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => context.CallActivityAsync<int?>("AddOne", i)));
        return results.Sum() ?? 0;
    }

    private static async Task<string> WhenAnyAsync(WorkflowContext context, JsonElement? input)
    {
        var first = context.CallActivityAsync<int>("Delay", 1500);
        return await Task.WhenAny(first, context.CallActivityAsync<int>("Delay", 100)) == first ? "first" : "second";
    }

    private static async Task<string> CompensateAsync(WorkflowContext context, JsonElement? input)
    {
        try
        {
            return await context.CallActivityAsync<string>("Boom", "in");
        }
        catch (WorkflowTaskFailedException)
        {
            return await context.CallActivityAsync<string>("Compensate", "order-1");
        }
    }

    private static async Task<string> RetryAsync(WorkflowContext context, JsonElement? input)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await context.CallActivityAsync<string>("Boom", attempt);
            }
            catch (WorkflowTaskFailedException) when (attempt < 2)
            {
                await context.CreateTimer(TimeSpan.FromSeconds(1 << attempt));
            }
        }
    }

    private static async Task<string> TimerAsync(WorkflowContext context, JsonElement? input)
    {
        await context.CreateTimer(TimeSpan.FromSeconds(2));
        return "fired";
    }

    private static async Task<JsonElement?> ActThenWaitAsync(WorkflowContext context, JsonElement? input)
    {
        await context.CallActivityAsync("Delay", 1000);
        return await context.WaitForExternalEventAsync<JsonElement?>("approved");
    }

    private static async Task<string> WaitForAWhileAsync(WorkflowContext context, int seconds)
    {
        try
        {
            var approved = await context.WaitForExternalEventAsync<string>("approved", TimeSpan.FromSeconds(seconds));
            await context.CallActivityAsync("Delay", 3000);
            return approved;
        }
        catch (TaskCanceledException)
        {
            return "timed out";
        }
    }

    private static async Task<JsonElement?[]> ThreeEventsAsync(WorkflowContext context, JsonElement? input) =>
    [
        await context.WaitForExternalEventAsync<JsonElement?>("tick"),
        await context.WaitForExternalEventAsync<JsonElement?>("tick"),
        await context.WaitForExternalEventAsync<JsonElement?>("tick"),
    ];

    private static Func<WorkflowContext, int, Task<int?>> CountAsync(int end) => (context, n) =>
    {
        if (n == end)
        {
            return Task.FromResult<int?>(n);
        }

        context.ContinueAsNew(n + 1);
        return Task.FromResult<int?>(null);
    };

    private static async Task<int[]> TakeEventsAsync(WorkflowContext context, Taken? before)
    {
        int[] got = [.. before?.Got ?? [], await context.WaitForExternalEventAsync<int>("tick")];
        if (got.Length < 3)
        {
            context.ContinueAsNew(new Taken(got));
        }

        return got;
    }

    private static async Task<string> SetStatusAsync(WorkflowContext context, JsonElement? input)
    {
        context.SetCustomStatus("step 1");
        await context.CallActivityAsync("AddOne", 1);
        context.SetCustomStatus("step 2");
        await context.CallActivityAsync("AddOne", 2);
        return "done";
    }

    private static ChildWorkflowTaskOptions ChildOf(WorkflowContext context, string tail) => new(context.InstanceId + tail);

    private sealed record Taken(int[]? Got);
}
