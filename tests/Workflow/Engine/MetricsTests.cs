using System.Text;
using DaprShop.Sidecar;
using DaprShop.Sidecar.Observability;

namespace DaprShop.Workflow.Tests.Engine;

public sealed class MetricsTests
{
    [Fact]
    public async Task Workflows_activities_and_what_is_asked_of_them_are_counted()
    {
        var families = new MetricFamilies(EngineFixture.AppId, []);
        await using var engine = await EngineFixture.StartAsync();
        engine.Measure(new WorkflowMetrics(families));
        var worker = engine.Connect();

        await engine.StartInstanceAsync("a", name: "Sell");
        await (await worker.TurnAsync("a")).AnswerAsync(Actions.Schedule(0, "Reserve"));
        await (await worker.ActivityAsync("Reserve")).AnswerAsync("7");
        await (await worker.TurnAsync("a")).AnswerAsync(Actions.Complete(1));
        await engine.EndOfAsync("a");
        Assert.NotNull(engine.App.Get("a"));
        Assert.Null(engine.App.Get("b"));
        await Assert.ThrowsAsync<DaprApiException>(() => engine.RaiseAsync("b", "paid"));
        await engine.App.PurgeAsync("a", recursive: false, force: false, CancellationToken.None);

        using var text = new MemoryStream();
        await families.Registry.CollectAndExportAsTextAsync(text);
        var lines = Encoding.UTF8.GetString(text.ToArray()).Split('\n');
        Assert.Contains("""dapr_runtime_workflow_execution_count{namespace="default",workflow_name="Sell",status="success",app_id="orders"} 1""", lines);
        Assert.Contains("""dapr_runtime_workflow_activity_execution_count{namespace="default",activity_name="Reserve",status="success",app_id="orders"} 1""", lines);
        Assert.Contains("""dapr_runtime_workflow_scheduling_latency_count{namespace="default",workflow_name="Sell",app_id="orders"} 1""", lines);
        foreach (var (operation, status) in (ReadOnlySpan<(string, string)>)
            [("create_workflow", "success"), ("get_workflow", "success"), ("get_workflow", "failed"), ("add_event", "failed"), ("purge_workflow", "success")])
        {
            Assert.Contains($$"""dapr_runtime_workflow_operation_count{namespace="default",operation="{{operation}}",status="{{status}}",app_id="orders"} 1""", lines);
        }
    }
}
