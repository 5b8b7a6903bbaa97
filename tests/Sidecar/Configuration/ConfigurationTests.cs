using System.Text.Json;
using Dapr;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using GrpcClient = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.Configuration;

public sealed class ConfigurationTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("v1.0")]
    [InlineData("v1.0-alpha1")]
    public async Task Values_are_read_by_key_or_all_of_them(string version)
    {
        await using var dapr = await StartAsync();
        await SetAsync(dapr, "colour", "blue", "3");
        await SetAsync(dapr, "size", "grüße", "");

        async Task<string> GetAsync(string query) => await dapr.Http("app").GetStringAsync($"/{version}/configuration/config{query}");

        Assert.Equal("""{"colour":{"value":"blue","version":"3"}}""", await GetAsync("?key=colour"));
        Assert.Equal("""{"colour":{"value":"blue","version":"3"}}""", await GetAsync("?key=colour&key=none&key=colour"));
        Assert.Equal("""{"colour":{"value":"blue","version":"3"},"size":{"value":"grüße"}}""", await GetAsync(""));
        using var none = await dapr.Http("app").GetAsync($"/{version}/configuration/config?key=none");
        Assert.Equal(204, (int)none.StatusCode);
    }

    [Fact]
    public async Task The_sdk_reads_values()
    {
        await using var dapr = await StartAsync();
        using var client = dapr.Client("app");
        await SetAsync(dapr, "colour", "blue", "3");

        var items = (await client.GetConfiguration("config", ["colour", "none"])).Items;

        var (key, item) = Assert.Single(items);
        Assert.Equal(("colour", "blue", "3"), (key, item.Value, item.Version));
    }

    [Fact]
    public async Task The_sdk_hears_of_changes_from_other_apps()
    {
        await using var dapr = await SidecarFixture.StartAsync(App("app"), App("other"));
        using var client = dapr.Client("app");
        using var timeout = new CancellationTokenSource(s_patience);
        var subscription = await client.SubscribeConfiguration("config", ["colour"], cancellationToken: timeout.Token);
        var changes = subscription.Source.GetAsyncEnumerator(timeout.Token);

        // The SDK does not tell when it is subscribed: the value is set until it has heard of it.
        var next = changes.MoveNextAsync().AsTask();
        while (!next.IsCompleted || changes.Current.Count == 0)
        {
            next = next.IsCompleted ? changes.MoveNextAsync().AsTask() : next;
            await SetAsync(dapr, "size", "ignored", "1", "other");
            await SetAsync(dapr, "colour", "red", "2", "other");
            await Task.WhenAny(next, Task.Delay(20, timeout.Token));
        }

        Assert.True(await next);
        var (key, item) = Assert.Single(changes.Current);
        Assert.Equal(("colour", "red", "2"), (key, item.Value, item.Version));
    }

    [Fact]
    public async Task A_stream_tells_its_id_then_changes_and_ends_when_it_is_unsubscribed()
    {
        await using var dapr = await StartAsync();
        using var channel = GrpcChannel.ForAddress(dapr.Endpoint("app").GrpcEndpoint);
        var client = new GrpcClient(channel);
        using var timeout = new CancellationTokenSource(s_patience);
        using var call = client.SubscribeConfiguration(
            new SubscribeConfigurationRequest { StoreName = "config", Keys = { "colour" } }, cancellationToken: timeout.Token);

        Assert.True(await call.ResponseStream.MoveNext(timeout.Token));
        var id = call.ResponseStream.Current.Id;
        Assert.Empty(call.ResponseStream.Current.Items);
        await SetAsync(dapr, "colour", "red", "2");
        Assert.True(await call.ResponseStream.MoveNext(timeout.Token));
        Assert.Equal(id, call.ResponseStream.Current.Id);
        Assert.Equal(("red", "2"), (call.ResponseStream.Current.Items["colour"].Value, call.ResponseStream.Current.Items["colour"].Version));

        var unsubscribe = new UnsubscribeConfigurationRequest { StoreName = "config", Id = id };
        Assert.True((await client.UnsubscribeConfigurationAsync(unsubscribe)).Ok);
        Assert.False(await call.ResponseStream.MoveNext(timeout.Token));
        var again = await client.UnsubscribeConfigurationAsync(unsubscribe);
        Assert.False(again.Ok);
        Assert.Equal($"failed to unsubscribe to configuration request {id}: subscription with id {id} does not exist", again.Message);
    }

    [Fact]
    public async Task An_app_is_called_back_with_changes_until_it_unsubscribes()
    {
        var calls = System.Threading.Channels.Channel.CreateUnbounded<(string Path, string Body)>();
        await using var dapr = await SidecarFixture.StartAsync(App("app") with
        {
            Routes = app => app.MapPost("/configuration/{store}/{key}", async (HttpContext context) =>
                calls.Writer.TryWrite((context.Request.Path, await new StreamReader(context.Request.Body).ReadToEndAsync()))),
        });
        await SetAsync(dapr, "colour", "blue", "1");
        var id = await SubscribeAsync("?key=colour");
        var all = await SubscribeAsync("");

        await SetAsync(dapr, "colour", "red", "2");
        (string Path, string Body)[] both = [await NextAsync(), await NextAsync()];
        Assert.All(both, call => Assert.Equal("/configuration/config/colour", call.Path));
        Assert.Equal(
            new[] { id, all }.Select(subscription => $$$$"""{"id":"{{{{subscription}}}}","items":{"colour":{"value":"red","version":"2"}}}""").Order(),
            both.Select(call => call.Body).Order());

        Assert.Equal("""{"ok":true}""", await dapr.Http("app").GetStringAsync($"/v1.0/configuration/config/{id}/unsubscribe"));
        await SetAsync(dapr, "colour", "green", "3");
        await SetAsync(dapr, "size", "m", "1");
        Assert.Contains(all, (await NextAsync()).Body, StringComparison.Ordinal);
        Assert.Equal("/configuration/config/size", (await NextAsync()).Path);
        Assert.False(calls.Reader.TryRead(out _));

        async Task<string> SubscribeAsync(string query)
        {
            var answer = await dapr.Http("app").GetStringAsync($"/v1.0/configuration/config/subscribe{query}");
            return JsonDocument.Parse(answer).RootElement.GetProperty("id").GetString()!;
        }

        async Task<(string Path, string Body)> NextAsync() => await calls.Reader.ReadAsync().AsTask().WaitAsync(s_patience);
    }

    [Fact]
    public async Task Values_outlive_the_process()
    {
        var directory = Directory.CreateTempSubdirectory("configuration-tests-").FullName;
        try
        {
            var database = Path.Combine(directory, "dapr.db");
            await using (var before = await SidecarFixture.StartAsync(database, TimeProvider.System, App("app")))
            {
                await SetAsync(before, "colour", "blue", "3");
            }

            await using var after = await SidecarFixture.StartAsync(database, TimeProvider.System, App("app"));

            Assert.Equal("""{"colour":{"value":"blue","version":"3"}}""", await after.Http("app").GetStringAsync("/v1.0/configuration/config"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task An_open_subscription_does_not_hold_up_the_stop()
    {
        var dapr = await StartAsync();
        using var channel = GrpcChannel.ForAddress(dapr.Endpoint("app").GrpcEndpoint);
        using var timeout = new CancellationTokenSource(s_patience);
        using var call = new GrpcClient(channel).SubscribeConfiguration(
            new SubscribeConfigurationRequest { StoreName = "config" }, cancellationToken: timeout.Token);
        Assert.True(await call.ResponseStream.MoveNext(timeout.Token));

        await dapr.DisposeAsync();

        Assert.False(await call.ResponseStream.MoveNext(timeout.Token));
    }

    [Theory]
    [InlineData("app", "/v1.0/configuration/nostore?key=a", 400, """{"errorCode":"ERR_CONFIGURATION_STORE_NOT_FOUND","message":"configuration store nostore not found"}""")]
    [InlineData("bare", "/v1.0/configuration/config", 500, """{"errorCode":"ERR_CONFIGURATION_STORE_NOT_CONFIGURED","message":"configuration stores not configured"}""")]
    [InlineData("app", "/v1.0/configuration/config/subscribe", 500, """{"errorCode":"ERR_APP_CHANNEL_NIL","message":"app channel is not initialized"}""")]
    [InlineData("app", "/v1.0/configuration/config/none/unsubscribe", 500, """{"message":"failed to unsubscribe to configuration request none: subscription with id none does not exist"}""")]
    public async Task Errors_are_those_of_daprd(string appId, string path, int status, string answer)
    {
        await using var dapr = await SidecarFixture.StartAsync(App("app"), new TestApp("bare"));

        using var response = await dapr.Http(appId).GetAsync(path);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(answer, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Errors_have_their_grpc_codes()
    {
        await using var dapr = await SidecarFixture.StartAsync(App("app"), new TestApp("bare"));

        Assert.Equal(StatusCode.InvalidArgument, await StatusOfAsync("app", "nostore"));
        Assert.Equal(StatusCode.FailedPrecondition, await StatusOfAsync("bare", "config"));

        async Task<StatusCode> StatusOfAsync(string appId, string store)
        {
            using var client = dapr.Client(appId);
            var error = await Assert.ThrowsAsync<DaprException>(() => client.GetConfiguration(store, []));
            return Assert.IsType<RpcException>(error.InnerException).StatusCode;
        }
    }

    private static TestApp App(string appId) => new(appId) { Components = [Component("config", "configuration.redis")] };

    private static Task<SidecarFixture> StartAsync() => SidecarFixture.StartAsync(App("app"));

    private static async Task SetAsync(SidecarFixture dapr, string key, string value, string version, string appId = "app")
    {
        using var response = await dapr.Http(appId).PutAsync($"/embedded/configuration/config/{key}?version={version}", new StringContent(value));
        Assert.Equal(204, (int)response.StatusCode);
    }
}
