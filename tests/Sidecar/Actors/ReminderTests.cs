using System.Net;
using System.Net.Http.Json;

namespace DaprShop.Sidecar.Tests.Actors;

public sealed class ReminderTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly string _directory = Directory.CreateTempSubdirectory("reminder-tests-").FullName;
    private readonly ActorLog _log = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_reminder_fires_with_its_data()
    {
        await using var dapr = await StartAsync();

        await dapr.Proxy("a").RemindAsync("wake", "up", TimeSpan.FromMilliseconds(50));

        await _log.UntilAsync("reminder a wake up");
        await UntilGoneAsync(dapr, "wake");
        Assert.Single(_log.All, "reminder a wake up");
    }

    [Fact]
    public async Task A_reminder_survives_a_restart_and_fires_at_once_when_it_was_due_meanwhile()
    {
        await using (var dapr = await StartAsync())
        {
            await SetAsync(dapr, "later", new { dueTime = "1h", data = "aGk=" });
            await dapr.Proxy("a").RemindAsync("soon", "now", TimeSpan.FromMilliseconds(1500));
        }

        Assert.DoesNotContain("reminder a soon now", _log.All);
        await using (var dapr = await StartAsync())
        {
            await _log.UntilAsync("reminder a soon now");
            Assert.Contains("\"dueTime\":\"1h\"", await dapr.Http("counters").GetStringAsync(Uri("later")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_reminder_with_three_repetitions_fires_three_times()
    {
        await using var dapr = await StartAsync();

        await SetAsync(dapr, "thrice", new { dueTime = "0s", period = "R3/PT1S", data = "eA==" });

        await UntilGoneAsync(dapr, "thrice");
        Assert.Equal(3, _log.Count("reminder a thrice x"));
    }

    [Fact]
    public async Task A_failing_reminder_is_tried_again_as_its_policy_says()
    {
        await using var dapr = await StartAsync();

        await SetAsync(dapr, "fail-thrice", new { dueTime = "0s", data = "eA==", failure_policy = new { constant = new { interval = "20ms", maxRetries = 2 } } });
        await SetAsync(dapr, "fail-once", new { dueTime = "0s", data = "eA==", failurePolicy = new { drop = new { } } });

        await UntilGoneAsync(dapr, "fail-thrice");
        await UntilGoneAsync(dapr, "fail-once");
        Assert.Equal((3, 1), (_log.Count("reminder a fail-thrice x"), _log.Count("reminder a fail-once x")));
    }

    [Fact]
    public async Task A_reminder_registered_anew_replaces_the_old_one_and_a_deleted_one_is_gone()
    {
        await using var dapr = await StartAsync();

        await SetAsync(dapr, "r", new { dueTime = "1h", data = "b2xk" });
        using var refused = await dapr.Http("counters").PostAsJsonAsync(Uri("r"), new { dueTime = "0s", data = "eA==", overwrite = false });
        await SetAsync(dapr, "r", new { dueTime = "0s", period = "1h", data = "bmV3" });
        await _log.UntilAsync("reminder a r new");
        using var deleted = await dapr.Http("counters").DeleteAsync(Uri("r"));
        using var missing = await dapr.Http("counters").GetAsync(Uri("r"));

        Assert.Equal(
            (HttpStatusCode.Conflict, HttpStatusCode.NoContent, HttpStatusCode.NotFound),
            (refused.StatusCode, deleted.StatusCode, missing.StatusCode));
        Assert.Equal(["reminder a r new"], _log.All.Where(entry => entry.StartsWith("reminder", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Only_the_app_that_hosts_the_type_sets_reminders()
    {
        await using var dapr = await StartAsync();

        using var response = await dapr.Http("caller").PostAsJsonAsync(Uri("r"), new { dueTime = "1s" });

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("ERR_ACTOR_REMINDER_NON_HOSTED", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static string Uri(string name) => $"/v1.0/actors/Counter/a/reminders/{name}";

    private static async Task SetAsync(SidecarFixture dapr, string name, object reminder)
    {
        using var response = await dapr.Http("counters").PostAsJsonAsync(Uri(name), reminder);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private static async Task UntilGoneAsync(SidecarFixture dapr, string name)
    {
        using var patience = new CancellationTokenSource(Patience);
        for (var there = true; there;)
        {
            using var response = await dapr.Http("counters").GetAsync(Uri(name), patience.Token);
            there = response.StatusCode != HttpStatusCode.NotFound;
        }
    }

    private Task<SidecarFixture> StartAsync() => SidecarFixture.StartAsync(
        Path.Combine(_directory, "dapr.db"), TimeProvider.System, ActorApps.Counters(_log), ActorApps.Caller());
}
