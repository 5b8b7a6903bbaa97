using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using DaprShop.Sidecar.Resources;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.Instances;

/// <summary>Two instances of one app, each a process with a sidecar; one is killed (-9) under load and comes back.</summary>
public sealed class KilledInstanceTests : IAsyncLifetime
{
    private const int Messages = 1_500;
    private const int Reminders = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _directory = Directory.CreateTempSubdirectory("instance-tests-").FullName;
    private readonly int[] _ports = [FreePorts.Next(), FreePorts.Next()];
    private readonly List<Process> _instances = [];
    private EmbeddedDapr _dapr = null!;
    private HttpClient _caller = null!;

    public async Task InitializeAsync()
    {
        _instances.Add(Start(_ports[0]));
        _instances.Add(Start(_ports[1]));
        IReadOnlyList<Component> components = [Component("pubsub", "pubsub.redis"), Component("statestore", "state.sqlite", ("actorStateStore", "true"))];
        var patient = new ResiliencySpec
        {
            Retries = new Dictionary<string, RetrySpec> { ["patient"] = new() { Duration = TimeSpan.FromMilliseconds(20), MaxRetries = 50 } },
            Apps = new Dictionary<string, TargetSpec> { ["worker"] = new(null, "patient", null) },
        };
        _dapr = await EmbeddedDapr.StartAsync(new EmbeddedDaprOptions
        {
            DatabasePath = Path.Combine(_directory, "dapr.db"),
            Apps =
            [
                .. _ports.Select(port => new EmbeddedApp(Options("worker") with { AppPort = port }, new ResourceSet { Components = components })),
                new EmbeddedApp(Options("caller"), new ResourceSet { Components = components, Resiliency = [patient] }),
            ],
        });
        await _dapr.WaitUntilReadyAsync().WaitAsync(Patience);
        _caller = new HttpClient { BaseAddress = _dapr["caller"].HttpEndpoint, Timeout = Patience };
    }

    public async Task DisposeAsync()
    {
        _caller.Dispose();
        await _dapr.DisposeAsync();
        foreach (var instance in _instances)
        {
            instance.Kill();
            await instance.WaitForExitAsync();
            instance.Dispose();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task No_acknowledged_message_and_no_reminder_is_lost_and_calls_go_on()
    {
        using (var worker = new HttpClient { BaseAddress = _dapr["worker"].HttpEndpoint })
        {
            for (var i = 0; i < Reminders; i++)
            {
                // Due all through the load, some of them just when the instance dies.
                using var set = await worker.PostAsJsonAsync(
                    $"/v1.0/actors/{InstanceApp.ActorType}/a{i}/reminders/wake", new { dueTime = string.Create(CultureInfo.InvariantCulture, $"{i * 30}ms") });
                set.EnsureSuccessStatusCode();
            }
        }

        var (acknowledged, answers) = (new ConcurrentQueue<string>(), new ConcurrentQueue<int>());
        using var done = new CancellationTokenSource();
        var publishing = Enumerable.Range(0, 8).Select(client => PublishAsync(client, acknowledged)).ToArray();
        var calling = Enumerable.Range(0, 4).Select(_ => CallAsync(answers, done.Token)).ToArray();
        await UntilAsync(() => acknowledged.Count >= Messages / 3 && answers.Distinct().Count() == 2);

        _instances[0].Kill();
        await _instances[0].WaitForExitAsync();
        await Task.WhenAll(publishing);
        var since = answers.Count;
        await UntilAsync(() => answers.Count >= since + 100);
        Assert.Equal([_instances[1].Id], answers.Skip(since).Take(100).Distinct());
        await UntilAsync(() => Taken().IsSupersetOf(acknowledged));
        await UntilAsync(() => Taken().IsSupersetOf(Enumerable.Range(0, Reminders).Select(i => $"reminder a{i}")));

        var back = Start(_ports[0]);
        _instances.Add(back);
        await UntilAsync(() => answers.Contains(back.Id));
        await done.CancelAsync();
        await Task.WhenAll(calling);

        Assert.Equal(Messages, acknowledged.Count);
    }

    private async Task PublishAsync(int client, ConcurrentQueue<string> acknowledged)
    {
        for (var i = client; i < Messages; i += 8)
        {
            using var answer = await _caller.PostAsync("/v1.0/publish/pubsub/orders", new StringContent($"{i}"));
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            acknowledged.Enqueue($"order {i}");
        }
    }

    /// <summary>Every call must succeed: one that the kill interrupts is made again by the policy.</summary>
    private async Task CallAsync(ConcurrentQueue<int> answers, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            answers.Enqueue(int.Parse(await _caller.GetStringAsync("/v1.0/invoke/worker/method/ping", CancellationToken.None), CultureInfo.InvariantCulture));
        }
    }

    private HashSet<string> Taken() => [.. Directory.GetFiles(_directory, "*.taken").SelectMany(Lines)];

    private static IEnumerable<string> Lines(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private Process Start(int port)
    {
        var taken = Path.Combine(_directory, $"{port}.taken");
        return Process.Start("dotnet", ["exec", typeof(InstanceApp).Assembly.Location, $"{port}", taken]);
    }

    private static SidecarOptions Options(string appId) => new() { AppId = appId, ApiToken = null, AppToken = null };

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(20, timeout.Token);
        }
    }
}
