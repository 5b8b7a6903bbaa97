using System.Net.Http.Json;
using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using Dapr.Workflow;
using Dapr.Workflow.Protocol;
using DaprShop.Sidecar.Workflows;
using Grpc.Core;
using Grpc.Net.Client;
using TaskHub = Dapr.Workflow.Protocol.TaskHubSidecarService.TaskHubSidecarServiceClient;

namespace DaprShop.Workflow.Tests.EndToEnd;

/// <summary>What clients, workers and authors do wrong: each is answered as the protocol says, and the next workflow runs as ever.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private const int MaxTurnSize = 100_000;
    private Together _it = null!;
    private GrpcChannel _channel = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _it = await Together.StartAsync(
            options =>
            {
                options.RegisterWorkflow<string, string>(Together.Flow, (context, input) => context.CallActivityAsync<string>("Echo", input));
                options.RegisterWorkflow<string, string>("CallsNobody", (context, input) => context.CallActivityAsync<string>("Nobody", input));
                options.RegisterWorkflow<string, string>("Throws", (_, input) => throw new ArgumentException(input));
                options.RegisterWorkflow<int, int>("Number", (_, input) => Task.FromResult(input));
                options.RegisterWorkflow<int, string>("Large", (context, size) => context.CallActivityAsync<string>("Echo", new string('x', size)));
                options.RegisterWorkflow<int, string>("Waits", (context, _) => context.WaitForExternalEventAsync<string>("go"));
                options.RegisterActivity<string, string>("Echo", (_, input) => Task.FromResult(input));
            },
            new WorkflowOptions { MaxTurnSize = MaxTurnSize });
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{_it.GrpcPort}");
        _http = new HttpClient { BaseAddress = new Uri(_it.Http, "/v1.0/workflows/dapr/") };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        _channel.Dispose();
        await _it.DisposeAsync();
    }

    [Theory]
    [InlineData("Nobody", "x", "WorkflowNotFound", "Workflow 'Nobody' is not registered in this app.")]
    [InlineData("CallsNobody", "x", "Dapr.Workflow.WorkflowTaskFailedException", "Task failed: Activity 'Nobody' not found")]
    [InlineData("Throws", "x", "System.ArgumentException", "x")]
    [InlineData("Number", "x", "System.Text.Json.JsonException", null)]
    public async Task An_unknown_name_a_throwing_workflow_or_an_unreadable_input_fails_the_instance(string workflow, string input, string error, string? message)
    {
        await _it.Client.ScheduleNewWorkflowAsync(workflow, "a", input);
        var end = await _it.EndAsync();

        Assert.Equal((WorkflowRuntimeStatus.Failed, error), (end.RuntimeStatus, end.FailureDetails!.ErrorType));
        Assert.Equal(message ?? end.FailureDetails.ErrorMessage, end.FailureDetails.ErrorMessage);
        await IsUnharmedAsync();
    }

    [Fact]
    public async Task A_payload_over_the_limit_stalls_its_instance_which_then_refuses_everything_but_a_purge_by_force()
    {
        await _it.StartAsync(new string('x', MaxTurnSize), id: "input");
        await _it.Client.ScheduleNewWorkflowAsync("Large", "activity", MaxTurnSize);
        await _it.Client.ScheduleNewWorkflowAsync("Waits", "event", 0);
        await _it.Client.RaiseEventAsync("event", "go", new string('x', MaxTurnSize));
        foreach (var id in (string[])["input", "activity", "event"])
        {
            await _it.HasHappenedAsync("STL", id);
            Assert.Equal(WorkflowRuntimeStatus.Stalled, (await _it.Client.GetWorkflowStateAsync(id)).RuntimeStatus);
            Assert.Contains("bytes exceeds 95% of the limit", _it.Events(id)[^1].ExecutionStalled.Description, StringComparison.Ordinal);
            await RefusesAsync(StatusCode.Unknown, "workflow is stalled", () => _it.Client.RaiseEventAsync(id, "go"));
            await RefusesAsync(StatusCode.Unknown, "workflow is stalled", () => _it.Client.TerminateWorkflowAsync(id));
            await RefusesAsync(StatusCode.Unknown, "workflow is stalled", () => _it.Client.PurgeInstanceAsync(id));
            var purge = new PurgeInstancesRequest { InstanceId = id, Force = true };
            Assert.Equal(1, (await new TaskHub(_channel).PurgeInstancesAsync(purge)).DeletedInstanceCount);
        }

        await IsUnharmedAsync();
    }

    [Theory]
    [InlineData("a b", "ERR_INSTANCE_ID_INVALID")]
    [InlineData("a||b", "ERR_INSTANCE_ID_INVALID")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ERR_INSTANCE_ID_TOO_LONG")]
    [InlineData("ääääääääääääääääääääääääääääääää-", "ERR_INSTANCE_ID_TOO_LONG")]
    public async Task The_management_api_refuses_ids_with_other_characters_or_of_more_than_64_bytes(string id, string errorCode)
    {
        using var answer = await _http.PostAsync($"{Together.Flow}/start?instanceID={Uri.EscapeDataString(id)}", null);
        Assert.Equal((400, errorCode), ((int)answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errorCode").GetString()));
        var request = new StartWorkflowRequest { InstanceId = id, WorkflowComponent = "dapr", WorkflowName = Together.Flow };
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(_channel).StartWorkflowBeta1Async(request));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.False((await _it.Client.GetWorkflowStateAsync(id)).Exists);

        // The workers' protocol takes them all the same.
        Assert.Equal("x", (await _it.RunAsync("x", id)).ReadOutputAs<string>());
        await IsUnharmedAsync();
    }

    [Fact]
    public async Task A_second_start_is_refused_and_the_first_goes_on()
    {
        await _it.Client.ScheduleNewWorkflowAsync("Waits", "a", 0);
        await RefusesAsync(StatusCode.AlreadyExists, "an active workflow with ID 'a' already exists", () => _it.StartAsync("x"));
        using var answer = await _http.PostAsync($"{Together.Flow}/start?instanceID=a", null);
        Assert.Equal((500, "ERR_START_WORKFLOW"), ((int)answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errorCode").GetString()));

        await _it.Client.RaiseEventAsync("a", "go", "on");
        Assert.Equal("on", (await _it.EndAsync()).ReadOutputAs<string>());
        await IsUnharmedAsync();
    }

    [Fact]
    public async Task An_event_for_a_finished_instance_is_dropped_and_one_for_a_missing_instance_refused()
    {
        await _it.RunAsync("x");
        var history = _it.History();
        await _it.Client.RaiseEventAsync("a", "go", "late");
        await _it.Client.SuspendWorkflowAsync("a");
        await _it.Client.TerminateWorkflowAsync("a", "late");
        await _it.SettleAsync();
        Assert.Equal((history, "x"), (_it.History(), (await _it.EndAsync()).ReadOutputAs<string>()));

        await RefusesAsync(StatusCode.Unknown, "no such instance exists", () => _it.Client.RaiseEventAsync("nobody", "go"));
        using var answer = await _http.PostAsync("nobody/raiseEvent/go", null);
        Assert.Equal((500, "ERR_RAISE_EVENT_WORKFLOW"), ((int)answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errorCode").GetString()));
        await IsUnharmedAsync();
    }

    [Fact]
    public async Task Of_a_worker_that_answers_twice_the_first_answer_counts_and_one_with_anothers_token_never()
    {
        await _it.KillWorkerAsync();
        var sidecar = new TaskHub(_channel);
        using (var mine = sidecar.GetWorkItems(new GetWorkItemsRequest()))
        using (var theirs = sidecar.GetWorkItems(new GetWorkItemsRequest()))
        {
            await Task.WhenAll(mine.ResponseHeadersAsync, theirs.ResponseHeadersAsync);
            await _http.PostAsync($"{Together.Flow}/start?instanceID=a", null);
            await _http.PostAsync($"{Together.Flow}/start?instanceID=b", null);
            var (myTurn, theirTurn) = (await NextAsync(mine), await NextAsync(theirs));
            await sidecar.CompleteWorkflowTaskAsync(Answer(myTurn, Schedule(), token: theirTurn.CompletionToken));
            await sidecar.CompleteWorkflowTaskAsync(Answer(theirTurn, Schedule(), token: myTurn.CompletionToken));
            Assert.Equal(("", ""), (_it.History("a"), _it.History("b")));

            foreach (var turn in (WorkItem[])[myTurn, myTurn, theirTurn])
            {
                await sidecar.CompleteWorkflowTaskAsync(Answer(turn, Schedule()));
            }

            var (myActivity, theirActivity) = (await NextAsync(mine), await NextAsync(theirs));
            await sidecar.CompleteActivityTaskAsync(Result(myActivity, "wrong", token: theirActivity.CompletionToken));
            await sidecar.CompleteActivityTaskAsync(Result(theirActivity, "wrong", token: "made up"));
            foreach (var (activity, result) in ((WorkItem, string)[])[(myActivity, "right"), (myActivity, "second"), (theirActivity, "right")])
            {
                await sidecar.CompleteActivityTaskAsync(Result(activity, result));
            }

            foreach (var turn in (WorkItem[])[await NextAsync(mine), await NextAsync(theirs)])
            {
                Assert.Equal("right", Assert.Single(turn.WorkflowRequest.NewEvents.Skip(1)).TaskCompleted.Result);
                await sidecar.CompleteWorkflowTaskAsync(Answer(turn, Complete()));
                await sidecar.CompleteWorkflowTaskAsync(Answer(turn, Complete()));
            }
        }

        foreach (var id in (string[])["a", "b"])
        {
            Assert.Equal(WorkflowRuntimeStatus.Completed, (await _it.EndAsync(id)).RuntimeStatus);
            Assert.Equal("WS ES TS#0 WS TC(0) EC(Completed)", _it.History(id));
        }

        await _it.StartWorkerAsync();
        await IsUnharmedAsync();
    }

    [Fact]
    public async Task An_answer_that_makes_no_sense_is_refused_and_the_turn_comes_again()
    {
        await _it.KillWorkerAsync();
        var sidecar = new TaskHub(_channel);
        using (var stream = sidecar.GetWorkItems(new GetWorkItemsRequest()))
        {
            await _http.PostAsync($"{Together.Flow}/start?instanceID=a", null);
            var turn = await NextAsync(stream);
            await RefusesAsync(StatusCode.InvalidArgument, "action 7 asks for nothing this sidecar knows", async () =>
                await sidecar.CompleteWorkflowTaskAsync(Answer(turn, new WorkflowAction { Id = 7 })));
        }

        await _it.StartWorkerAsync();
        await _it.EndInTimeAsync();
        Assert.Equal("WS ES TS#0 WS TC(0) EC(Completed)", _it.History());
        await IsUnharmedAsync();
    }

    private async Task IsUnharmedAsync() => Assert.Equal("fine", (await _it.RunAsync("fine", "after")).ReadOutputAs<string>());

    private static async Task RefusesAsync(StatusCode status, string message, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(status, refused.StatusCode);
        Assert.EndsWith(message, refused.Status.Detail, StringComparison.Ordinal);
    }

    private static async Task<WorkItem> NextAsync(AsyncServerStreamingCall<WorkItem> items)
    {
        Assert.True(await items.ResponseStream.MoveNext().WaitAsync(Engine.ScriptedWorker.Patience));
        return items.ResponseStream.Current;
    }

    private static WorkflowResponse Answer(WorkItem turn, WorkflowAction action, string? token = null) => new()
    {
        InstanceId = turn.WorkflowRequest.InstanceId, CompletionToken = token ?? turn.CompletionToken, Actions = { action },
    };

    private static ActivityResponse Result(WorkItem activity, string result, string? token = null) => new()
    {
        InstanceId = activity.ActivityRequest.WorkflowInstance.InstanceId, CompletionToken = token ?? activity.CompletionToken, Result = result,
    };

    private static WorkflowAction Schedule() => new() { ScheduleTask = new ScheduleTaskAction { Name = "Work" } };

    private static WorkflowAction Complete() => new()
    {
        Id = 1, CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.Completed },
    };
}
