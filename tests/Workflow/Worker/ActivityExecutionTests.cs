using Dapr.Workflow;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DaprShop.Workflow.Tests.Worker;

public sealed class ActivityExecutionTests
{
    [Fact]
    public async Task Each_call_has_a_scope_of_its_own_that_ends_with_it()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var host = await WorkerHost.StartAsync(
            sidecar.Port, options => options.RegisterActivity<UseConnection>(), services => services.AddScoped<Connection>().AddSingleton<Ledger>());

        sidecar.Send(WorkerHost.Activity("UseConnection", "\"a\"", taskId: 0));
        var first = await sidecar.NextActivityAsync();
        sidecar.Send(WorkerHost.Activity("useconnection", "\"b\"", taskId: 1));
        var second = await sidecar.NextActivityAsync();

        Assert.Equal(("\"1 a order-1 UseConnection key-0\"", "\"2 b order-1 useconnection key-1\""), (first.Result, second.Result));
        Assert.Equal(["connection 1", "activity 1", "gone 1", "connection 2", "activity 2", "gone 2"], host.Services.GetRequiredService<Ledger>().Lines);
        await host.StopAsync();
    }

    [Fact]
    public async Task Vector_11_An_unknown_activity_fails_and_the_worker_lives_on()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var host = await WorkerHost.StartAsync(
            sidecar.Port, options => options.RegisterActivity<int, int>("Echo", (_, input) => Task.FromResult(input)));

        sidecar.Send(WorkerHost.Activity("X"));
        var failure = (await sidecar.NextActivityAsync()).FailureDetails;
        Assert.Equal(("ActivityNotFoundException", "Activity 'X' not found"), (failure.ErrorType, failure.ErrorMessage));

        sidecar.Send(WorkerHost.Activity("Echo", "2"));
        Assert.Equal("2", (await sidecar.NextActivityAsync()).Result);
        await host.StopAsync();
    }

    [Fact]
    public async Task What_goes_wrong_in_an_activity_is_its_answer()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        using var host = await WorkerHost.StartAsync(sidecar.Port, options =>
        {
            options.RegisterActivity<UseConnection>("NoConnection");
            options.RegisterActivity<int, int>("Throw", (_, _) => throw new InvalidOperationException("boom", new TimeoutException("slow")));
        });

        sidecar.Send(WorkerHost.Activity("NoConnection"));
        var notActivated = (await sidecar.NextActivityAsync()).FailureDetails;
        Assert.Equal("System.InvalidOperationException", notActivated.ErrorType);
        Assert.StartsWith("Activity 'NoConnection' failed to activate: ", notActivated.ErrorMessage, StringComparison.Ordinal);

        sidecar.Send(WorkerHost.Activity("Throw", "1"));
        var thrown = (await sidecar.NextActivityAsync()).FailureDetails;
        Assert.Equal(("System.InvalidOperationException", "boom", "slow"), (thrown.ErrorType, thrown.ErrorMessage, thrown.InnerFailure.ErrorMessage));
        Assert.NotEmpty(thrown.StackTrace);

        sidecar.Send(WorkerHost.Activity("Throw", "\"no number\""));
        Assert.Equal("System.Text.Json.JsonException", (await sidecar.NextActivityAsync()).FailureDetails.ErrorType);
        await host.StopAsync();
    }

    private sealed class Ledger
    {
        private int _connections;

        public List<string> Lines { get; } = [];

        public int NextConnection() => ++_connections;
    }

    private sealed class Connection : IAsyncDisposable
    {
        private readonly Ledger _ledger;

        public Connection(Ledger ledger)
        {
            _ledger = ledger;
            Number = ledger.NextConnection();
            ledger.Lines.Add($"connection {Number}");
        }

        public int Number { get; }

        public ValueTask DisposeAsync()
        {
            _ledger.Lines.Add($"gone {Number}");
            return ValueTask.CompletedTask;
        }
    }

    private sealed class UseConnection(Connection connection, Ledger ledger) : WorkflowActivity<string, string>, IDisposable
    {
        public override Task<string> RunAsync(WorkflowActivityContext context, string input) =>
            Task.FromResult($"{connection.Number} {input} {context.InstanceId} {context.Identifier} {context.TaskExecutionKey}");

        public void Dispose() => ledger.Lines.Add($"activity {connection.Number}");
    }
}
