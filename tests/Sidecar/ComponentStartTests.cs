using DaprShop.Sidecar.Resources;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests;

public sealed class ComponentStartTests
{
    [Theory]
    [InlineData("state.nosuch", "", "", "couldn't find state.nosuch/v1")]
    [InlineData("state.sqlite", "ttlInSeconds", "soon", "incorrect value for metadata 'ttlInSeconds'")]
    [InlineData("state.sqlite", "keyPrefix", "a||b", "can't contain '||'")]
    [InlineData("secretstores.local.file", "secretsFile", "nosuch.json", "nosuch.json")]
    public async Task A_component_that_cannot_be_used_ends_the_start_and_is_named(string type, string name, string value, string cause)
    {
        var component = Component("bad", type, (name, value)) with { Source = "components/bad.yaml:3" };

        var error = await Assert.ThrowsAsync<SidecarStartException>(() => SidecarFixture.StartAsync(new TestApp("app") { Components = [component] }));

        Assert.StartsWith(
            $"components/bad.yaml:3: process component bad error: [INIT_COMPONENT_FAILURE]: initialization error occurred for bad ({type}/v1): ",
            error.Message,
            StringComparison.Ordinal);
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_ignoreErrors_the_sidecar_starts_without_it()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("app")
        {
            Components = [Component("tolerated", "state.nosuch") with { IgnoreErrors = true }, Component("store", "state.sqlite")],
        });

        using var response = await dapr.Http("app").GetAsync("/v1.0/state/tolerated/k");

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("ERR_STATE_STORE_NOT_FOUND", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_actor_state_stores_are_an_error()
    {
        Component Store(string name) => Component(name, "state.sqlite", ("actorStateStore", "true"));

        var error = await Assert.ThrowsAsync<SidecarStartException>(() => SidecarFixture.StartAsync(
            new TestApp("app") { Components = [Store("one"), Store("two")] }));

        Assert.Contains("detected duplicate actor state store: one and two", error.Message, StringComparison.Ordinal);
    }
}
