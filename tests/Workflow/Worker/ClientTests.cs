using Dapr.Workflow;
using Dapr.Workflow.Registration;
using DaprShop.Sidecar.Workflows.Protocol;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DaprShop.Workflow.Tests.Worker;

public sealed class ClientTests
{
    [Fact]
    public async Task A_start_sends_name_id_input_and_time()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var client = ClientOf(sidecar);
        CreateInstanceRequest? seen = null;
        sidecar.OnStart = request =>
        {
            seen = request;
            return new CreateInstanceResponse { InstanceId = request.InstanceId };
        };

        var startAt = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.FromHours(2));
        Assert.Equal("order-1", await client.ScheduleNewWorkflowAsync("Saga", "order-1", new { Qty = 3 }, startAt));
        Assert.Equal(("Saga", "{\"qty\":3}", startAt), (seen!.Name, seen.Input, seen.ScheduledStartTimestamp.ToDateTimeOffset()));

        Assert.True(Guid.TryParse(await client.ScheduleNewWorkflowAsync("Saga"), out _));
        Assert.Equal("", seen.Input);
        Assert.Null(seen.ScheduledStartTimestamp);
    }

    [Fact]
    public async Task A_refused_start_is_the_sidecars_own_error()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var client = ClientOf(sidecar);
        sidecar.OnStart = _ => throw new RpcException(new Status(StatusCode.AlreadyExists, "an active workflow with ID 'order-1' already exists"));

        var refused = await Assert.ThrowsAsync<RpcException>(() => client.ScheduleNewWorkflowAsync("Saga", "order-1"));
        Assert.Equal(StatusCode.AlreadyExists, refused.StatusCode);
    }

    [Fact]
    public async Task A_missing_instance_has_a_state_that_says_so_but_cannot_be_waited_for()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var client = ClientOf(sidecar);

        var state = await client.GetWorkflowStateAsync("nobody");
        Assert.False(state.Exists);
        Assert.Equal((WorkflowRuntimeStatus.Unknown, null), (state.RuntimeStatus, state.ReadOutputAs<string>()));

        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => client.WaitForWorkflowCompletionAsync("nobody"));
        Assert.Equal("Workflow instance 'nobody' does not exist", missing.Message);
    }

    [Fact]
    public async Task A_wait_outlives_a_sidecar_that_is_away_and_then_reads_the_payloads()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var client = ClientOf(sidecar);
        List<bool> withPayloads = [];
        sidecar.OnWait = request =>
        {
            withPayloads.Add(request.GetInputsAndOutputs);
            return withPayloads.Count < 3
                ? throw new RpcException(new Status(withPayloads.Count == 1 ? StatusCode.Unavailable : StatusCode.DeadlineExceeded, "away"))
                : new GetInstanceResponse
                {
                    Exists = true,
                    WorkflowState = new()
                    {
                        Name = "Saga",
                        WorkflowStatus = OrchestrationStatus.Failed,
                        Input = "{\"qty\":3}",
                        CustomStatus = "\"failed\"",
                        FailureDetails = new() { ErrorType = "X", ErrorMessage = "x" },
                    },
                };
        };

        var state = await client.WaitForWorkflowCompletionAsync("order-1");
        Assert.Equal([false, false, false, true], withPayloads);
        Assert.True(state is { Exists: true, IsWorkflowCompleted: true, IsWorkflowRunning: false, WorkflowName: "Saga" });
        Assert.Equal(("failed", "X: x"), (state.ReadCustomStatusAs<string>(), state.FailureDetails!.ToString()));
    }

    [Fact]
    public async Task A_cancelled_wait_ends_as_such()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        await using var client = ClientOf(sidecar);
        using var cancel = new CancellationTokenSource();

        var wait = client.WaitForWorkflowStartAsync("order-1", cancellation: cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task Several_registrations_make_one_worker_that_runs_all()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var host = await WorkerHost.StartAsync(
            sidecar.Port,
            options => options.RegisterActivity<int, int>("One", (_, input) => Task.FromResult(input)),
            services => services.AddDaprWorkflow(options => options.RegisterActivity<int, int>("Two", (_, input) => Task.FromResult(input * 2))));

        sidecar.Send(WorkerHost.Activity("One", "4"));
        Assert.Equal("4", (await sidecar.NextActivityAsync()).Result);
        sidecar.Send(WorkerHost.Activity("Two", "4"));
        Assert.Equal("8", (await sidecar.NextActivityAsync()).Result);
        Assert.Single(host.Services.GetServices<IHostedService>(), service => service.GetType().Namespace == "Dapr.Workflow.Worker");
        Assert.Same(host.Services.GetRequiredService<DaprWorkflowClient>(), host.Services.GetRequiredService<IDaprWorkflowClient>());
        await host.StopAsync();
    }

    private static DaprWorkflowClient ClientOf(FakeSidecar sidecar) =>
        new DaprWorkflowClientBuilder().UseGrpcEndpoint($"http://127.0.0.1:{sidecar.Port}").Build();
}
