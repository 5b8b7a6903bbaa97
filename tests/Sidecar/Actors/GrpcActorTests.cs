using System.Collections.Concurrent;
using System.Text;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Sidecar.Tests.Actors;

/// <summary>The actor API of clients that speak gRPC, with an app that hosts actors over HTTP.</summary>
public sealed class GrpcActorTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _callBacks = new();
    private SidecarFixture _dapr = null!;
    private GrpcChannel _channel = null!;
    private Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient _client = null!;

    public async Task InitializeAsync()
    {
        _dapr = await SidecarFixture.StartAsync(new TestApp("plain") { Components = [ActorApps.Store], Routes = Map });
        _channel = GrpcChannel.ForAddress(_dapr.Endpoint("plain").GrpcEndpoint);
        _client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(_channel);
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _dapr.DisposeAsync();
    }

    [Fact]
    public async Task A_method_is_called_with_data_and_metadata()
    {
        var answer = await InvokeAsync("echo", "hello", ("x-custom", "mine"));

        Assert.Equal("mine hello", answer.Data.ToStringUtf8());
    }

    [Fact]
    public async Task A_method_that_the_app_does_not_have_is_an_error()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => InvokeAsync("none", ""));

        Assert.Equal(StatusCode.Internal, failure.StatusCode);
        Assert.Contains("actor method not found", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_is_changed_in_a_transaction_and_read_back()
    {
        await InvokeAsync("echo", "");
        await _client.ExecuteActorStateTransactionAsync(new ExecuteActorStateTransactionRequest
        {
            ActorType = "Plain",
            ActorId = "a",
            Operations =
            {
                new TransactionalActorStateOperation { OperationType = "upsert", Key = "k", Value = new Any { Value = ByteString.CopyFromUtf8("7") } },
                new TransactionalActorStateOperation { OperationType = "upsert", Key = "old", Value = new Any { Value = ByteString.CopyFromUtf8("1") } },
                new TransactionalActorStateOperation { OperationType = "delete", Key = "old" },
            },
        });

        Assert.Equal(("7", ""), (await GetAsync("k"), await GetAsync("old")));
    }

    [Fact]
    public async Task State_of_an_actor_that_is_not_active_is_not_changed()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _client.ExecuteActorStateTransactionAsync(
            new ExecuteActorStateTransactionRequest
            {
                ActorType = "Plain",
                ActorId = "asleep",
                Operations = { new TransactionalActorStateOperation { OperationType = "delete", Key = "k" } },
            }));

        Assert.Equal((StatusCode.FailedPrecondition, "actor instance is missing"), (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task Timers_and_reminders_fire_and_are_removed()
    {
        await InvokeAsync("echo", "");
        var data = ByteString.CopyFromUtf8("hi");
        await _client.RegisterActorTimerAsync(new RegisterActorTimerRequest
        {
            ActorType = "Plain", ActorId = "a", Name = "t", DueTime = "10ms", Period = "20ms", Callback = "ring", Data = data,
        });
        await _client.RegisterActorReminderAsync(new RegisterActorReminderRequest { ActorType = "Plain", ActorId = "a", Name = "r", DueTime = "10ms", Data = data });
        await _client.RegisterActorReminderAsync(new RegisterActorReminderRequest { ActorType = "Plain", ActorId = "a", Name = "never", DueTime = "1h" });

        await Eventually.TrueAsync(() => Task.FromResult(_callBacks.Any(call => call.StartsWith("timer/t", StringComparison.Ordinal))
            && _callBacks.Any(call => call.StartsWith("remind/r", StringComparison.Ordinal))));

        // Bytes travel as base64 in JSON.
        Assert.Contains(_callBacks, call => call.StartsWith("remind/r", StringComparison.Ordinal) && call.Contains("\"data\":\"aGk=\"", StringComparison.Ordinal));
        await _client.UnregisterActorTimerAsync(new UnregisterActorTimerRequest { ActorType = "Plain", ActorId = "a", Name = "t" });
        await _client.UnregisterActorReminderAsync(new UnregisterActorReminderRequest { ActorType = "Plain", ActorId = "a", Name = "never" });
        using var gone = await _dapr.Http("plain").GetAsync(new Uri("/v1.0/actors/Plain/a/reminders/never", UriKind.Relative));
        Assert.Equal(404, (int)gone.StatusCode);
    }

    [Fact]
    public async Task A_reminder_of_a_type_that_the_app_does_not_host_is_refused()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await _client.RegisterActorReminderAsync(
            new RegisterActorReminderRequest { ActorType = "Foreign", ActorId = "a", Name = "r", DueTime = "1s" }));

        Assert.Equal(StatusCode.PermissionDenied, failure.StatusCode);
    }

    private async Task<InvokeActorResponse> InvokeAsync(string method, string data, params (string Name, string Value)[] metadata)
    {
        var request = new InvokeActorRequest { ActorType = "Plain", ActorId = "a", Method = method, Data = ByteString.CopyFromUtf8(data) };
        foreach (var (name, value) in metadata)
        {
            request.Metadata.Add(name, value);
        }

        return await _client.InvokeActorAsync(request);
    }

    private async Task<string> GetAsync(string key) =>
        (await _client.GetActorStateAsync(new GetActorStateRequest { ActorType = "Plain", ActorId = "a", Key = key })).Data.ToStringUtf8();

    private void Map(WebApplication app)
    {
        app.MapGet("/dapr/config", () => new { entities = new[] { "Plain" } });
        app.MapPut("/actors/Plain/{id}/method/echo", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            return $"{context.Request.Headers["x-custom"]} {await reader.ReadToEndAsync()}";
        });
        foreach (var kind in (string[])["timer", "remind"])
        {
            app.MapPut($"/actors/Plain/{{id}}/method/{kind}/{{name}}", async (string name, HttpContext context) =>
            {
                using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
                _callBacks.Enqueue($"{kind}/{name} {await reader.ReadToEndAsync()}");
            });
        }

        app.MapDelete("/actors/Plain/{id}", () => Results.Ok());
    }
}
