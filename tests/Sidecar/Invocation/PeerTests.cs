using System.Net;
using System.Text.Json;
using DaprShop.Sidecar.Resources;
using DaprShop.Sidecar.Tests.Invocation.Protos;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.Invocation;

/// <summary>Two runtimes that know of one another only by a directory, as two processes do.</summary>
public sealed class PeerTests : IAsyncLifetime
{
    private readonly string _directory = Path.Combine(Directory.CreateTempSubdirectory("peers-").FullName, "sidecars");
    private SidecarFixture _here = null!;
    private SidecarFixture _there = null!;

    public async Task InitializeAsync()
    {
        _here = await SidecarFixture.StartWithPeersAsync(_directory, new TestApp("caller"));
        _there = await SidecarFixture.StartWithPeersAsync(
            _directory,
            new TestApp("callee") { Routes = Describe, Configure = options => options with { ApiToken = "only for its app", AppToken = "for the app" } },
            new TestApp("picky")
            {
                Routes = Describe,
                Configure = options => options with { AppliesCallerPolicies = true },
                Configuration = new ConfigurationSpec
                {
                    AccessPolicies = [new AccessPolicy("caller", DenyByDefault: false, [new AccessOperation("/secret", ["*"], Deny: true)])],
                    DeniedApis = [new ApiRule("invoke", "", "http")],
                },
            });
    }

    public async Task DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_directory)!, recursive: true);
    }

    [Fact]
    public async Task An_app_of_another_process_is_called_as_one_of_this_process_is()
    {
        using var response = await _here.Http("caller").PostAsync("/v1.0/invoke/callee/method/a%20b/c?x=1%202", new StringContent("hello"));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var seen = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("POST /a%20b/c?x=1%202 hello", seen.GetProperty("request").GetString());
        Assert.Equal("caller callee for the app", seen.GetProperty("headers").GetString());
        Assert.False(seen.GetProperty("peerToken").GetBoolean());
    }

    [Fact]
    public async Task Its_sidecar_knows_who_calls()
    {
        using var open = await _here.Http("caller").GetAsync("/v1.0/invoke/picky/method/open");
        using var secret = await _here.Http("caller").GetAsync("/v1.0/invoke/picky/method/secret");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Forbidden), (open.StatusCode, secret.StatusCode));
    }

    [Fact]
    public async Task A_token_that_is_made_up_opens_nothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1.0/metadata") { Headers = { { "dapr-peer-token", new string('0', 64) } } };

        using var response = await _there.Http("callee").SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task An_app_whose_process_ended_is_unknown()
    {
        using var before = await _here.Http("caller").GetAsync("/v1.0/invoke/callee/method/x");
        await _there.Dapr.DisposeAsync();

        using var after = await _here.Http("caller").GetAsync("/v1.0/invoke/callee/method/x");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.InternalServerError), (before.StatusCode, after.StatusCode));
        Assert.Contains("find service: callee", await after.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grpc_service_of_another_process_is_called_too()
    {
        await using var app = await CountingApp.StartAsync(new CountingService.Seen());
        await using var counting = await SidecarFixture.StartWithPeersAsync(
            _directory, new TestApp("counter") { Configure = options => options with { AppPort = app.Port, AppProtocol = "grpc" } });
        using var channel = GrpcChannel.ForAddress(_here.Endpoint("caller").GrpcEndpoint);

        var answer = await new Counting.CountingClient(channel).SquareAsync(new Number { Value = 9 }, new Metadata { { "dapr-app-id", "counter" } });

        Assert.Equal(81, answer.Value);
    }

    private static void Describe(WebApplication app) => app.MapFallback(async (HttpContext context) =>
    {
        var (request, headers) = (context.Request, context.Request.Headers);
        using var body = new StreamReader(request.Body);
        return Results.Json(
            new
            {
                request = $"{request.Method} {request.Path.ToUriComponent()}{request.QueryString} {await body.ReadToEndAsync()}",
                headers = $"{headers["dapr-caller-app-id"]} {headers["dapr-callee-app-id"]} {headers["dapr-api-token"]}",
                peerToken = headers.ContainsKey("dapr-peer-token"),
            },
            statusCode: StatusCodes.Status202Accepted);
    });
}
