using Dapr.AppCallback.Autogen.Grpc.v1;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;

namespace DaprShop.Sidecar.Tests.AppCallbacks;

/// <summary>Jobs over gRPC: ScheduleJob and its like, and delivery by OnJobEvent.</summary>
public sealed class JobCallbackTests
{
    private readonly CallbackApp _app = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_comes_back_with_its_message(bool stable)
    {
        await using var dapr = await SidecarFixture.StartAsync(_app.As("app", stable ? null : app => app.MapGrpcService<CallbackApp.Alpha>()));
        using var channel = GrpcChannel.ForAddress(dapr.Endpoint("app").GrpcEndpoint);
        var client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel);
        var job = new Job { Name = "bill", DueTime = "0s", Data = Any.Pack(new StringValue { Value = "March" }) };

        await client.ScheduleJobAsync(new ScheduleJobRequest { Job = job });

        var call = (await _app.AtLeastAsync<JobEventRequest>(1))[0];
        Assert.Equal(("bill", "job/bill", "March"), (call.Name, call.Method, call.Data.Unpack<StringValue>().Value));
        await Eventually.TrueAsync(async () => (await client.ListJobsAsync(new ListJobsRequest())).Jobs.Count == 0);
    }

    [Fact]
    public async Task A_refused_job_is_tried_again_and_an_unknown_one_is_not()
    {
        var tries = 0;
        _app.OnJobEvent = call => call.Name == "unknown" ? throw new RpcException(new Status(StatusCode.NotFound, "no"))
            : ++tries < 3 ? throw new RpcException(new Status(StatusCode.Internal, "not now"))
            : new JobEventResponse();
        await using var dapr = await SidecarFixture.StartAsync(_app.As("app"));
        using var channel = GrpcChannel.ForAddress(dapr.Endpoint("app").GrpcEndpoint);
        var client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel);
        var policy = new JobFailurePolicy
        {
            Constant = new JobFailurePolicyConstant { Interval = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(10)), MaxRetries = 5 },
        };

        await client.ScheduleJobAsync(new ScheduleJobRequest { Job = new Job { Name = "unknown", DueTime = "0s", FailurePolicy = policy } });
        await client.ScheduleJobAsync(new ScheduleJobRequest { Job = new Job { Name = "refused", DueTime = "0s", FailurePolicy = policy } });

        await Eventually.TrueAsync(async () => (await client.ListJobsAsync(new ListJobsRequest())).Jobs.Count == 0);
        Assert.Equal((1, 3), (_app.Calls<JobEventRequest>().Count(call => call.Name == "unknown"), tries));
    }

    [Fact]
    public async Task Jobs_are_listed_got_and_deleted()
    {
        await using var dapr = await SidecarFixture.StartAsync(_app.As("app"));
        using var channel = GrpcChannel.ForAddress(dapr.Endpoint("app").GrpcEndpoint);
        var client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel);
        foreach (var name in (string[])["bill-1", "bill-2", "clean"])
        {
            await client.ScheduleJobAsync(new ScheduleJobRequest { Job = new Job { Name = name, Schedule = "@every 1h", Repeats = 3 } });
        }

        var got = (await client.GetJobAsync(new GetJobRequest { Name = "bill-1" })).Job;
        Assert.Equal(("@every 1h", 3u, 3u), (got.Schedule, got.Repeats, got.FailurePolicy.Constant.MaxRetries));
        await client.DeleteJobsByPrefixAsync(new DeleteJobsByPrefixRequest { NamePrefix = "bill-" });
        Assert.Equal(["clean"], (await client.ListJobsAsync(new ListJobsRequest())).Jobs.Select(job => job.Name));
        await client.DeleteJobAsync(new DeleteJobRequest { Name = "clean" });
        var missing = await Assert.ThrowsAsync<RpcException>(async () => await client.GetJobAsync(new GetJobRequest { Name = "clean" }));
        Assert.Equal((StatusCode.Internal, "failed to get job due to: rpc error: code = NotFound desc = job not found: clean"), (missing.StatusCode, missing.Status.Detail));
        var nameless = await Assert.ThrowsAsync<RpcException>(async () => await client.ScheduleJobAsync(new ScheduleJobRequest { Job = new Job { DueTime = "1s" } }));
        Assert.Equal((StatusCode.InvalidArgument, "Name is empty"), (nameless.StatusCode, nameless.Status.Detail));
    }
}
