using Dapr.Workflow;

namespace DaprShop.Workflow.Tests.EndToEnd;

public sealed class ChildVectors
{
    [Fact]
    public async Task Vector_40_Termination_takes_children_and_their_children_along()
    {
        var ran = 0;
        await using var it = await Together.StartAsync<int, int>(
            async (context, depth) =>
            {
                if (depth < 2)
                {
                    await Task.WhenAll(Enumerable.Range(0, depth == 0 ? 3 : 1).Select(i => context.CallChildWorkflowAsync<int>(
                        Together.Flow, depth + 1, new ChildWorkflowTaskOptions($"{context.InstanceId}-{i}"))));
                }

                await context.CreateTimer(TimeSpan.FromHours(1));
                return await context.CallActivityAsync<int>("Work");
            },
            more => more.RegisterActivity<int, int>("Work", (_, _) => Task.FromResult(Interlocked.Increment(ref ran))));
        string[] family = ["a", .. Enumerable.Range(0, 3).SelectMany(i => (string[])[$"a-{i}", $"a-{i}-0"])];
        await it.StartAsync(0);
        for (var i = 0; i < 3; i++)
        {
            await it.HasHappenedAsync("CC#0", $"a-{i}");
            await it.HasHappenedAsync("TMC#0", $"a-{i}-0");
        }

        await it.Client.TerminateWorkflowAsync("a");
        foreach (var id in family)
        {
            Assert.Equal(WorkflowRuntimeStatus.Terminated, (await it.EndAsync(id)).RuntimeStatus);
        }

        it.Clock.Advance(TimeSpan.FromHours(2));
        await it.SettleAsync();
        Assert.Equal(0, ran);
    }

    [Fact]
    public async Task Vector_45_How_a_child_ended_comes_back_to_its_parent()
    {
        await using var it = await Together.StartAsync(options =>
        {
            options.RegisterWorkflow<string, string>(Together.Flow, async (context, child) =>
            {
                try
                {
                    return await context.CallChildWorkflowAsync<string>(child, null, new ChildWorkflowTaskOptions($"{child}-child"));
                }
                catch (WorkflowTaskFailedException failure)
                {
                    return $"{failure.Message}: {failure.FailureDetails.ErrorMessage}";
                }
            });
            options.RegisterWorkflow<int, string>("Good", (_, _) => Task.FromResult("42"));
            options.RegisterWorkflow<int, string>("Bad", (_, _) => throw new InvalidOperationException("boom"));
            options.RegisterWorkflow<int, string>("Ugly", (context, _) => context.WaitForExternalEventAsync<string>("never"));
        });

        Assert.Equal("42", (await it.RunAsync("Good", "good")).ReadOutputAs<string>());
        Assert.Equal("WS ES CC#0 WS CD(0) EC(Completed)", it.History("good"));
        Assert.Equal("good", it.Engine.Get("Good-child")!.ParentId);
        Assert.Equal("Child workflow 'Bad' failed: boom", (await it.RunAsync("Bad", "bad")).ReadOutputAs<string>());
        Assert.Equal("WS ES CC#0 WS CF(0) EC(Completed)", it.History("bad"));
        await it.StartAsync("Ugly", "ugly");
        await it.Client.WaitForWorkflowStartAsync("Ugly-child");
        await it.Client.TerminateWorkflowAsync("Ugly-child");
        Assert.Equal("Child workflow 'Ugly' failed: Unknown message", (await it.EndAsync("ugly")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Vector_46_A_child_whose_id_is_taken_fails_and_its_parent_can_catch_it()
    {
        await using var it = await Together.StartAsync<string, string>(async (context, role) =>
        {
            if (role == "foreign")
            {
                return await context.WaitForExternalEventAsync<string>("go");
            }

            try
            {
                return await context.CallChildWorkflowAsync<string>(Together.Flow, "child", new ChildWorkflowTaskOptions("foreign"));
            }
            catch (WorkflowTaskFailedException failure)
            {
                return failure.FailureDetails.ErrorType;
            }
        });
        await it.StartAsync("foreign", "foreign");

        Assert.Equal("WorkflowInstanceAlreadyExists", (await it.RunAsync("parent")).ReadOutputAs<string>());
        await it.Client.RaiseEventAsync("foreign", "go", "unharmed");
        Assert.Equal("unharmed", (await it.EndAsync("foreign")).ReadOutputAs<string>());
    }
}
