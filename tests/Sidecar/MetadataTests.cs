using System.Text;
using System.Text.Json;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests;

public sealed class MetadataTests
{
    [Fact]
    public async Task Metadata_lists_components_features_and_the_app()
    {
        await using var dapr = await StartAsync();

        var metadata = JsonDocument.Parse(await dapr.Http("app").GetStringAsync("/v1.0/metadata")).RootElement;

        Assert.Equal("app", metadata.GetProperty("id").GetString());
        Assert.Equal(["ActorStateTTL"], metadata.GetProperty("enabledFeatures").EnumerateArray().Select(item => item.GetString()));
        var component = metadata.GetProperty("components")[0];
        Assert.Equal(("store", "state.redis", "v1"), (Text(component, "name"), Text(component, "type"), Text(component, "version")));
        Assert.Equal(["ETAG", "TRANSACTIONAL", "TTL", "ACTOR"], component.GetProperty("capabilities").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal(
            """{"protocol":"http","channelAddress":"127.0.0.1"}""", metadata.GetProperty("appConnectionProperties").GetRawText());
        Assert.All(["actorRuntime", "extended", "runtimeVersion", "scheduler", "workflows"], name => metadata.GetProperty(name));
    }

    [Fact]
    public async Task What_is_set_is_shown_over_both_protocols()
    {
        await using var dapr = await StartAsync();
        using var client = dapr.Client("app");

        using var set = await dapr.Http("app").PutAsync("/v1.0/metadata/colour", new StringContent("blue", Encoding.UTF8, "text/plain"));
        await client.SetMetadataAsync("shape", "round");

        var sdk = await client.GetMetadataAsync();
        var http = JsonDocument.Parse(await dapr.Http("app").GetStringAsync("/v1.0/metadata")).RootElement.GetProperty("extended");
        Assert.Equal(204, (int)set.StatusCode);
        Assert.Equal("app", sdk.Id);
        Assert.Equal(("store", "state.redis"), (sdk.Components[0].Name, sdk.Components[0].Type));
        Assert.Equal(("blue", "round"), (sdk.Extended["colour"], sdk.Extended["shape"]));
        Assert.Equal(("blue", "round"), (Text(http, "colour"), Text(http, "shape")));
    }

    [Fact]
    public async Task The_sdk_finds_the_sidecar_healthy_and_shuts_it_down()
    {
        await using var dapr = await StartAsync();
        using var client = dapr.Client("app");

        await client.WaitForSidecarAsync();
        Assert.True(await client.CheckHealthAsync());
        await client.ShutdownSidecarAsync();

        await dapr.Dapr.WhenStoppedAsync(dapr.Endpoint("app")).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.False(await client.CheckOutboundHealthAsync());
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static Task<SidecarFixture> StartAsync() => SidecarFixture.StartAsync(new TestApp("app")
    {
        Components = [Component("store", "state.redis")],
        Configuration = new() { Features = new Dictionary<string, bool> { ["ActorStateTTL"] = true, ["Other"] = false } },
    });
}
