using System.Net;
using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Resources;
using Grpc.Core;
using Grpc.Net.Client;

namespace DaprShop.Sidecar.Tests;

/// <summary>api.allowed and api.denied of a Configuration, on both ports.</summary>
public sealed class ApiAccessTests
{
    [Fact]
    public async Task A_denied_api_is_no_route_over_http_and_unimplemented_over_grpc()
    {
        await using var dapr = await StartAsync(new ConfigurationSpec { DeniedApis = [new ApiRule("state", "v1.0", "http"), new ApiRule("state", "v1", "grpc")] });

        Assert.Equal((HttpStatusCode.NotFound, StatusCode.Unimplemented), await StateAsync(dapr));
        Assert.Equal((HttpStatusCode.OK, StatusCode.OK), await MetadataAsync(dapr));
    }

    [Fact]
    public async Task A_list_of_allowed_apis_turns_off_the_others_of_its_protocol_only()
    {
        await using var dapr = await StartAsync(new ConfigurationSpec { AllowedApis = [new ApiRule("state", "v1", "grpc")] });

        Assert.Equal((HttpStatusCode.NoContent, StatusCode.OK), await StateAsync(dapr));
        Assert.Equal((HttpStatusCode.OK, StatusCode.Unimplemented), await MetadataAsync(dapr));
    }

    [Fact]
    public async Task Jobs_and_actors_have_names_of_their_own()
    {
        await using var dapr = await StartAsync(new ConfigurationSpec
        {
            DeniedApis = [new ApiRule("jobs", "v1.0-alpha1", "http"), new ApiRule("jobs", "v1", "grpc"), new ApiRule("actors", "v1", "grpc")],
        });
        using var channel = GrpcChannel.ForAddress(dapr.Endpoint("app").GrpcEndpoint);
        var client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel);

        using var response = await dapr.Http("app").GetAsync(new Uri("/v1.0-alpha1/jobs/any", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(StatusCode.Unimplemented, await CodeAsync(client.ListJobsAsync(new ListJobsRequest())));
        Assert.Equal(StatusCode.Unimplemented, await CodeAsync(client.GetActorStateAsync(new GetActorStateRequest { ActorType = "T", ActorId = "a", Key = "k" })));
    }

    private static Task<SidecarFixture> StartAsync(ConfigurationSpec configuration) => SidecarFixture.StartAsync(new TestApp("app")
    {
        Components = [TestComponents.Component("store", "state.sqlite")],
        Configuration = configuration,
    });

    private static async Task<(HttpStatusCode Http, StatusCode Grpc)> StateAsync(SidecarFixture dapr)
    {
        using var channel = GrpcChannel.ForAddress(dapr.Endpoint("app").GrpcEndpoint);
        using var response = await dapr.Http("app").GetAsync(new Uri("/v1.0/state/store/k", UriKind.Relative));
        return (response.StatusCode,
            await CodeAsync(new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel).GetStateAsync(new GetStateRequest { StoreName = "store", Key = "k" })));
    }

    private static async Task<(HttpStatusCode Http, StatusCode Grpc)> MetadataAsync(SidecarFixture dapr)
    {
        using var channel = GrpcChannel.ForAddress(dapr.Endpoint("app").GrpcEndpoint);
        using var response = await dapr.Http("app").GetAsync(new Uri("/v1.0/metadata", UriKind.Relative));
        return (response.StatusCode, await CodeAsync(new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel).GetMetadataAsync(new GetMetadataRequest())));
    }

    private static async Task<StatusCode> CodeAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call;
            return StatusCode.OK;
        }
        catch (RpcException refusal)
        {
            return refusal.StatusCode;
        }
    }
}
