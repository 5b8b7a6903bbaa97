using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapr.Workflow.Protocol;
using DaprShop.Sidecar;
using DaprShop.Sidecar.Resources;
using Grpc.Core;
using Grpc.Net.Client;
using Client = Dapr.Workflow.Protocol.TaskHubSidecarService.TaskHubSidecarServiceClient;

namespace DaprShop.Workflow.Tests.Engine;

/// <summary>The engine as workers and clients see it: gRPC and HTTP of a sidecar.</summary>
public sealed class FrontEndTests : IAsyncLifetime
{
    private EmbeddedDapr _dapr = null!;
    private GrpcChannel _channel = null!;
    private HttpClient _http = null!;
    private Client _client = null!;

    public async Task InitializeAsync()
    {
        _dapr = await EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
        {
            Apps = [new EmbeddedApp(new SidecarOptions { AppId = "orders", ApiToken = null }, new ResourceSet())],
        });
        _channel = GrpcChannel.ForAddress(
            _dapr.Sidecars[0].GrpcEndpoint, new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        _client = new Client(_channel);
        _http = new HttpClient { BaseAddress = _dapr.Sidecars[0].HttpEndpoint };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        _channel.Dispose();
        await _dapr.DisposeAsync();
    }

    [Fact]
    public void The_library_and_the_sidecar_speak_the_same_protocol()
    {
        var (library, sidecar) = (WorkflowReflection.Descriptor.ToProto(), DaprShop.Sidecar.Workflows.Protocol.WorkflowReflection.Descriptor.ToProto());
        library.Options.CsharpNamespace = sidecar.Options.CsharpNamespace = "";
        library.Name = sidecar.Name;
        Assert.True(library.Equals(sidecar), "libs/Workflow and sidecar/Runtime have different copies of workflow.proto");
    }

    [Fact]
    public async Task A_start_waits_for_the_first_turn_and_a_wait_for_the_end()
    {
        using var items = _client.GetWorkItems(new GetWorkItemsRequest());
        var start = _client.StartInstanceAsync(new CreateInstanceRequest { InstanceId = "a", Name = "Flow", Input = "1" });
        var turn = await NextAsync(items);
        Assert.False(start.ResponseAsync.IsCompleted);
        await _client.CompleteOrchestratorTaskAsync(Answer(turn, Schedule(0)));
        Assert.Equal("a", (await start).InstanceId);

        var activity = await NextAsync(items);
        var large = new string('x', 6 * 1024 * 1024);
        await _client.CompleteActivityTaskAsync(new ActivityResponse { InstanceId = "a", TaskId = 0, Result = large, CompletionToken = activity.CompletionToken });
        var end = _client.WaitForInstanceCompletionAsync(new GetInstanceRequest { InstanceId = "a", GetInputsAndOutputs = true });
        turn = await NextAsync(items);
        Assert.Equal(large, turn.WorkflowRequest.NewEvents[1].TaskCompleted.Result);
        await _client.CompleteWorkflowTaskAsync(Answer(turn, Complete(1, "2")));

        var state = (await end).WorkflowState;
        Assert.Equal((OrchestrationStatus.Completed, "Flow", "1", "2"), (state.WorkflowStatus, state.Name, state.Input, state.Output));
        Assert.Equal(6, (await _client.GetInstanceHistoryAsync(new GetInstanceHistoryRequest { InstanceId = "a" })).Events.Count);
        Assert.Null((await _client.GetInstanceAsync(new GetInstanceRequest { InstanceId = "a" })).WorkflowState.Output);
    }

    [Fact]
    public async Task A_start_without_a_worker_honours_its_deadline_and_is_kept()
    {
        var late = await Assert.ThrowsAsync<RpcException>(async () => await _client.StartInstanceAsync(
            new CreateInstanceRequest { InstanceId = "a", Name = "Flow" }, deadline: DateTime.UtcNow.AddMilliseconds(200)));
        Assert.Equal(StatusCode.DeadlineExceeded, late.StatusCode);
        Assert.Equal(OrchestrationStatus.Pending, (await _client.GetInstanceAsync(new GetInstanceRequest { InstanceId = "a" })).WorkflowState.WorkflowStatus);
        using var items = _client.GetWorkItems(new GetWorkItemsRequest());
        Assert.Equal("a", (await NextAsync(items)).WorkflowRequest.InstanceId);
    }

    [Fact]
    public async Task A_cut_stream_gives_its_work_to_the_next_worker_at_once()
    {
        await _http.PostAsync("/v1.0/workflows/dapr/Flow/start?instanceID=a", null);
        WorkItem first;
        using (var cut = _client.GetWorkItems(new GetWorkItemsRequest()))
        {
            first = await NextAsync(cut);
        }

        using var items = _client.GetWorkItems(new GetWorkItemsRequest());
        var again = await NextAsync(items);
        Assert.Equal(first.WorkflowRequest.NewEvents[1], again.WorkflowRequest.NewEvents[1]);
        await _client.CompleteOrchestratorTaskAsync(Answer(first, Complete(0, "late")));
        await _client.CompleteOrchestratorTaskAsync(Answer(again, Complete(0, "right")));
        var state = await _client.WaitForInstanceCompletionAsync(new GetInstanceRequest { InstanceId = "a", GetInputsAndOutputs = true });
        Assert.Equal("right", state.WorkflowState.Output);
    }

    [Fact]
    public async Task Clients_are_told_what_is_wrong_by_status()
    {
        Assert.False((await _client.GetInstanceAsync(new GetInstanceRequest { InstanceId = "no" })).Exists);
        Assert.False((await _client.WaitForInstanceCompletionAsync(new GetInstanceRequest { InstanceId = "no" })).Exists);
        await RefusesAsync(StatusCode.NotFound, "workflow instance 'no' not found",
            async () => await _client.GetInstanceHistoryAsync(new GetInstanceHistoryRequest { InstanceId = "no" }));
        await RefusesAsync(StatusCode.Unknown, "no such instance exists",
            async () => await _client.RaiseEventAsync(new RaiseEventRequest { InstanceId = "no", Name = "x" }));
        await RefusesAsync(StatusCode.Unknown, "failed to submit termination request: no such instance exists",
            async () => await _client.TerminateInstanceAsync(new TerminateRequest { InstanceId = "no" }));
        await RefusesAsync(StatusCode.Unknown, "failed to purge orchestration state: failed to fetch orchestration state: no such instance exists",
            async () => await _client.PurgeInstancesAsync(new PurgeInstancesRequest { InstanceId = "no" }));
        await RefusesAsync(StatusCode.NotFound, "workflow instance does not exist with ID 'no'",
            async () => await _client.RerunWorkflowFromEventAsync(new RerunWorkflowFromEventRequest { SourceInstanceID = "no" }));

        await _http.PostAsync("/v1.0/workflows/dapr/Flow/start?instanceID=a", null);
        await RefusesAsync(StatusCode.AlreadyExists, "an active workflow with ID 'a' already exists",
            async () => await _client.StartInstanceAsync(new CreateInstanceRequest { InstanceId = "a", Name = "Flow" }));
        await _client.HelloAsync(new Google.Protobuf.WellKnownTypes.Empty());
    }

    [Theory]
    [InlineData(null, StatusCode.Unauthenticated)]
    [InlineData("wrong", StatusCode.Unauthenticated)]
    [InlineData("secret", StatusCode.OK)]
    public async Task Vector_58_Calls_and_the_stream_need_the_token(string? token, StatusCode expected)
    {
        await using var guarded = await EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
        {
            Apps = [new EmbeddedApp(new SidecarOptions { AppId = "orders", ApiToken = "secret" }, new ResourceSet())],
        });
        using var channel = GrpcChannel.ForAddress(guarded.Sidecars[0].GrpcEndpoint);
        var client = new Client(channel);
        Metadata headers = token is null ? [] : new() { { "dapr-api-token", token } };

        Assert.Equal(expected, await StatusOfAsync(async () => await client.HelloAsync(new Google.Protobuf.WellKnownTypes.Empty(), headers)));
        Assert.Equal(expected, await StatusOfAsync(async () => await client.GetInstanceAsync(new GetInstanceRequest { InstanceId = "a" }, headers)));
        using var stream = client.GetWorkItems(new GetWorkItemsRequest(), headers);
        Assert.Equal(expected, await StatusOfAsync(() => token == "secret" ? stream.ResponseHeadersAsync : stream.ResponseStream.MoveNext()));
        Assert.Equal(expected == StatusCode.OK ? 1 : 0, guarded.Shared.Workflows.App("orders").ConnectedWorkers);
    }

    [Theory]
    [InlineData("v1.0")]
    [InlineData("v1.0-beta1")]
    [InlineData("v1.0-alpha1")]
    public async Task Vector_59_The_management_api_speaks_http(string version)
    {
        var workflows = $"/{version}/workflows/dapr";
        using var items = _client.GetWorkItems(new GetWorkItemsRequest());
        var started = await _http.PostAsync($"{workflows}/Flow/start?instanceID=a-1", new StringContent("{\"a\":1}"));
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        Assert.Equal("a-1", (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("instanceID").GetString());
        await _client.CompleteOrchestratorTaskAsync(Answer(await NextAsync(items)));

        foreach (var operation in (string[])["pause", "resume", "raiseEvent/go"])
        {
            Assert.Equal((HttpStatusCode.Accepted, "{}"), await PostAsync($"{workflows}/a-1/{operation}"));
            var turn = await NextAsync(items);
            await _client.CompleteOrchestratorTaskAsync(operation == "raiseEvent/go" ? Answer(turn, Complete(0, "\"ok\"")) : Answer(turn));
        }

        var state = await _http.GetFromJsonAsync<JsonElement>($"{workflows}/a-1");
        Assert.Equal(("a-1", "Flow", "COMPLETED"), (Text(state, "instanceID"), Text(state, "workflowName"), Text(state, "runtimeStatus")));
        Assert.Equal("{\"a\":1}", Text(state.GetProperty("properties"), "dapr.workflow.input"));
        Assert.Equal("\"ok\"", Text(state.GetProperty("properties"), "dapr.workflow.output"));
        Assert.True(DateTimeOffset.TryParse(Text(state, "createdAt"), out _));

        Assert.Equal((HttpStatusCode.Accepted, "{}"), await PostAsync($"{workflows}/a-1/terminate"));
        Assert.Equal((HttpStatusCode.Accepted, "{}"), await PostAsync($"{workflows}/a-1/purge"));
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync($"{workflows}/a-1")).StatusCode);
    }

    [Theory]
    [InlineData("GET", "no", 404, "ERR_INSTANCE_ID_NOT_FOUND")]
    [InlineData("POST", "no/terminate", 404, "ERR_INSTANCE_ID_NOT_FOUND")]
    [InlineData("POST", "no/purge", 404, "ERR_INSTANCE_ID_NOT_FOUND")]
    [InlineData("POST", "no/pause", 500, "ERR_PAUSE_WORKFLOW")]
    [InlineData("POST", "no/resume", 500, "ERR_RESUME_WORKFLOW")]
    [InlineData("POST", "no/raiseEvent/x", 500, "ERR_RAISE_EVENT_WORKFLOW")]
    [InlineData("POST", "Flow/start?instanceID=bad%7Cid", 400, "ERR_INSTANCE_ID_INVALID")]
    [InlineData("POST", "Flow/start?instanceID=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 400, "ERR_INSTANCE_ID_TOO_LONG")]
    [InlineData("POST", "Flow/start?instanceID=live", 500, "ERR_START_WORKFLOW")]
    [InlineData("POST", "live/purge", 500, "ERR_PURGE_WORKFLOW")]
    public async Task Vector_59_The_management_api_has_errors_of_its_own(string method, string path, int status, string errorCode)
    {
        await _http.PostAsync("/v1.0/workflows/dapr/Flow/start?instanceID=live", null);
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/v1.0/workflows/dapr/{path}");
        var response = await _http.SendAsync(request);
        Assert.Equal((status, errorCode), ((int)response.StatusCode, Text(await response.Content.ReadFromJsonAsync<JsonElement>(), "errorCode")));
    }

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string path)
    {
        var response = await _http.PostAsync(path, null);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<WorkItem> NextAsync(AsyncServerStreamingCall<WorkItem> items)
    {
        Assert.True(await items.ResponseStream.MoveNext().WaitAsync(ScriptedWorker.Patience));
        return items.ResponseStream.Current;
    }

    private static WorkflowResponse Answer(WorkItem turn, params WorkflowAction[] actions) =>
        new() { InstanceId = turn.WorkflowRequest.InstanceId, CompletionToken = turn.CompletionToken, Actions = { actions } };

    private static WorkflowAction Schedule(int id) => new() { Id = id, ScheduleTask = new ScheduleTaskAction { Name = "Work" } };

    private static WorkflowAction Complete(int id, string result) => new()
    {
        Id = id,
        CompleteWorkflow = new CompleteWorkflowAction { WorkflowStatus = OrchestrationStatus.Completed, Result = result },
    };

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static async Task<StatusCode> StatusOfAsync(Func<Task> call)
    {
        try
        {
            await call();
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }

    private static async Task RefusesAsync(StatusCode status, string message, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((status, message), (refused.StatusCode, refused.Status.Detail));
    }
}
