using System.Text.Json.Nodes;
using DaprShop.Sidecar;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Interop.Tests;

/// <summary>Workflows that are written, run and managed in Node.js with @dapr/dapr, on the embedded engine.</summary>
public sealed class WorkflowTests(WorkflowTests.Worker worker) : IClassFixture<WorkflowTests.Worker>
{
    [FactWhereNodeIs]
    public async Task An_activity_gets_and_gives_objects()
    {
        await worker.StartAsync("steps", "steps", new { lines = new[] { new { price = 5 }, new { price = 7 } } });

        await worker.EndsAsync("steps", "COMPLETED", """{"lines":[{"price":5},{"price":7}],"total":12}""", customStatus: "\"described\"");
    }

    [FactWhereNodeIs]
    public async Task Activities_fan_out_and_in()
    {
        await worker.StartAsync("fan-out", "fanOut", 50);

        await worker.EndsAsync("fan-out", "COMPLETED", "2450");
    }

    [FactWhereNodeIs]
    public async Task A_timer_fires_no_earlier_than_it_is_due()
    {
        await worker.StartAsync("timer", "timer", 1200);

        var state = await worker.EndAsync("timer");
        Assert.InRange((int)state["output"]!, 1200, 60_000);
    }

    [FactWhereNodeIs]
    public async Task An_external_event_wins_over_its_timeout()
    {
        await worker.StartAsync("approval", "approval", 3600);
        await worker.App.CallAsync("raise", "approval", "approved", new { by = "Ada" });

        await worker.EndsAsync("approval", "COMPLETED", """{"by":"Ada"}""");
    }

    [FactWhereNodeIs]
    public async Task A_timeout_wins_over_an_event_that_does_not_come()
    {
        await worker.StartAsync("late", "approval", 1);

        await worker.EndsAsync("late", "COMPLETED", "\"too late\"");
    }

    [FactWhereNodeIs]
    public async Task Children_run_under_ids_of_the_parents_choice()
    {
        await worker.StartAsync("parent", "parent", 3);

        await worker.EndsAsync("parent", "COMPLETED", "[2,4,6]");
        await worker.EndsAsync("parent-2", "COMPLETED", "4");
    }

    [FactWhereNodeIs]
    public async Task Generations_carry_over_the_events_that_wait()
    {
        await worker.StartAsync("generations", "generations", new { items = Array.Empty<int>(), wanted = 4 });
        for (var item = 1; item <= 4; item++)
        {
            await worker.App.CallAsync("raise", "generations", "item", item);
        }

        await worker.EndsAsync("generations", "COMPLETED", "[1,2,3,4]");
    }

    [FactWhereNodeIs]
    public async Task A_failed_activity_can_be_caught_and_compensated()
    {
        await worker.StartAsync("compensated", "compensated", null);

        var output = (string)(await worker.EndAsync("compensated"))["output"]!;
        Assert.StartsWith("released 42:", output, StringComparison.Ordinal);
        Assert.Contains("card declined", output, StringComparison.Ordinal);
    }

    [FactWhereNodeIs]
    public async Task A_failed_activity_that_nobody_catches_fails_its_workflow()
    {
        await worker.StartAsync("failing", "failing", null);

        var state = await worker.EndAsync("failing");
        Assert.Equal("FAILED", (string?)state["status"]);
        Assert.Contains("card declined", (string?)state["failure"], StringComparison.Ordinal);
    }

    [FactWhereNodeIs]
    public async Task A_workflow_can_be_terminated_with_an_output_and_purged()
    {
        await worker.StartAsync("terminated", "forever", null);
        await worker.App.CallAsync("terminate", "terminated", "enough");

        await worker.EndsAsync("terminated", "TERMINATED", "\"enough\"");
        Assert.Equal("true", await worker.App.CallAsync("purge", "terminated"));
        Assert.Equal("null", await worker.App.CallAsync("state", "terminated"));
    }

    [FactWhereNodeIs]
    public async Task A_suspended_workflow_takes_its_events_when_it_is_resumed()
    {
        await worker.StartAsync("suspended", "approval", 3600);
        await worker.App.CallAsync("started", "suspended");
        await worker.App.CallAsync("suspend", "suspended");
        await worker.App.CallAsync("raise", "suspended", "approved", "yes");
        Assert.Equal("SUSPENDED", (string?)(await worker.StateAsync("suspended"))["status"]);
        await worker.App.CallAsync("resume", "suspended");

        await worker.EndsAsync("suspended", "COMPLETED", "\"yes\"");
    }

    [FactWhereNodeIs]
    public async Task An_unknown_workflow_fails_and_says_its_name()
    {
        await worker.StartAsync("unknown", "noSuchWorkflow", null);

        var state = await worker.EndAsync("unknown");
        Assert.Equal("FAILED", (string?)state["status"]);
        Assert.Contains("noSuchWorkflow", (string?)state["failure"], StringComparison.Ordinal);
    }

    public sealed class Worker : IAsyncLifetime
    {
        private EmbeddedDapr? _dapr;

        internal NodeApp App { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            if (NodeJs.Missing is not null)
            {
                return;
            }

            _dapr = await EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
            {
                Apps = [new EmbeddedApp(new SidecarOptions { AppId = "node-worker", ApiToken = null, AppToken = null }, new ResourceSet())],
            });
            App = await NodeApp.StartAsync("workflows.mjs", new Dictionary<string, string> { ["DAPR_GRPC_PORT"] = $"{_dapr.Sidecars[0].GrpcPort}" });
        }

        public async Task DisposeAsync()
        {
            if (App is not null)
            {
                await App.DisposeAsync();
            }

            if (_dapr is not null)
            {
                await _dapr.DisposeAsync();
            }
        }

        internal async Task StartAsync(string id, string workflow, object? input) =>
            Assert.Equal($"\"{id}\"", await App.CallAsync("start", workflow, input, id));

        internal async Task<JsonNode> StateAsync(string id) => JsonNode.Parse(await App.CallAsync("state", id))!;

        internal async Task<JsonNode> EndAsync(string id) => JsonNode.Parse(await App.CallAsync("end", id))!;

        internal async Task EndsAsync(string id, string status, string output, string customStatus = "null")
        {
            var state = await EndAsync(id);
            Assert.Equal(
                (status, output, customStatus),
                ((string?)state["status"], state["output"]?.ToJsonString() ?? "null", state["customStatus"]?.ToJsonString() ?? "null"));
        }
    }
}
