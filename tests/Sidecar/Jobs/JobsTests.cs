using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace DaprShop.Sidecar.Tests.Jobs;

/// <summary>Jobs over HTTP, on a clock that the tests move.</summary>
public sealed class JobsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("jobs-tests-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();
    private int _answer = 200;

    private sealed record Call(string Path, string Body, string? ContentType, TimeSpan At);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_job_runs_once_at_its_due_time_with_its_data()
    {
        await using var dapr = await StartAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await SetAsync(dapr, "a b", """{"dueTime":"30s","data":{"a":1}}""")).Status);
        using var shown = JsonDocument.Parse((await GetAsync(dapr, "a b")).Body);
        var call = await NextAsync();

        Assert.Equal(("/job/a%20b", """{"a":1}""", "application/json"), (call.Path, call.Body.Replace(" ", "", StringComparison.Ordinal), call.ContentType));
        Assert.True(call.At >= TimeSpan.FromSeconds(30), $"it ran at {call.At}");
        await UntilGoneAsync(dapr, "a b");
        Assert.Equal(
            """{"name":"a b","dueTime":"30s","data":{"@type":"type.googleapis.com/google.protobuf.Value","value":{"a":1}},"failurePolicy":{"constant":{"interval":"1s","maxRetries":3}}}""",
            JsonSerializer.Serialize(shown.RootElement));
    }

    [Fact]
    public async Task A_schedule_with_repeats_runs_so_often_and_no_more()
    {
        await using var dapr = await StartAsync();
        await SetAsync(dapr, "often", """{"schedule":"@every 10s","repeats":3}""");
        await SetAsync(dapr, "later", """{"dueTime":"1m"}""");

        var paths = new List<string>();
        while (!paths.Contains("/job/later"))
        {
            paths.Add((await NextAsync()).Path);
        }

        Assert.Equal(["/job/often", "/job/often", "/job/often", "/job/later"], paths);
    }

    [Fact]
    public async Task A_cron_expression_has_six_fields_and_begins_at_the_due_time_where_there_is_one()
    {
        await using var dapr = await StartAsync();
        await SetAsync(dapr, "cron", """{"schedule":"30 * * * * *","dueTime":"2026-01-02T03:06:00Z","repeats":2}""");

        var (first, second) = (await NextAsync(), await NextAsync());

        Assert.InRange(first.At, TimeSpan.FromSeconds(115), TimeSpan.FromSeconds(140));
        Assert.InRange(second.At, TimeSpan.FromSeconds(145), TimeSpan.FromSeconds(175));
    }

    [Fact]
    public async Task A_job_ends_with_its_time_to_live()
    {
        await using var dapr = await StartAsync();
        await SetAsync(dapr, "short", """{"schedule":"@every 10s","ttl":"25s"}""");
        await SetAsync(dapr, "later", """{"dueTime":"2m"}""");

        var paths = new List<string>();
        while (!paths.Contains("/job/later"))
        {
            paths.Add((await NextAsync()).Path);
        }

        Assert.Equal(["/job/short", "/job/short", "/job/later"], paths);
        Assert.Equal(HttpStatusCode.InternalServerError, (await GetAsync(dapr, "short")).Status);
    }

    [Theory]
    [InlineData("", 500, 4)] // daprd's default: three more tries.
    [InlineData(""","failurePolicy":{"constant":{"interval":"2s","maxRetries":1}}""", 500, 2)]
    [InlineData(""","failurePolicy":{"drop":{}}""", 500, 1)]
    [InlineData("", 404, 1)] // An app that does not know it will not know it a second later.
    public async Task A_job_that_fails_is_tried_again_as_its_policy_says(string policy, int answer, int calls)
    {
        await using var dapr = await StartAsync();
        _answer = answer;
        await SetAsync(dapr, "failing", $$"""{"dueTime":"1s"{{policy}}}""");
        await SetAsync(dapr, "later", """{"dueTime":"1m","failurePolicy":{"drop":{}}}""");

        var paths = new List<string>();
        while (!paths.Contains("/job/later"))
        {
            paths.Add((await NextAsync()).Path);
        }

        Assert.Equal(calls, paths.Count(path => path == "/job/failing"));
    }

    [Fact]
    public async Task A_job_of_the_same_name_is_replaced_only_on_demand()
    {
        await using var dapr = await StartAsync();
        await SetAsync(dapr, "job", """{"dueTime":"30s","data":1}""");

        var (status, body) = await SetAsync(dapr, "job", """{"dueTime":"40s","data":2}""");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("job already exists: ", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await SetAsync(dapr, "job", """{"dueTime":"50s","data":3,"overwrite":true}""")).Status);

        Assert.Equal("3", (await NextAsync()).Body);
    }

    [Fact]
    public async Task A_deleted_job_does_not_run()
    {
        await using var dapr = await StartAsync();
        await SetAsync(dapr, "gone", """{"dueTime":"10s"}""");
        await SetAsync(dapr, "later", """{"dueTime":"20s"}""");

        using var deleted = await dapr.Http("app").DeleteAsync(new Uri("/v1.0/jobs/gone", UriKind.Relative));
        using var again = await dapr.Http("app").DeleteAsync(new Uri("/v1.0-alpha1/jobs/gone", UriKind.Relative));

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (deleted.StatusCode, again.StatusCode));
        Assert.Equal("/job/later", (await NextAsync()).Path);
    }

    [Fact]
    public async Task Jobs_survive_a_restart_and_one_that_was_due_meanwhile_runs_at_once()
    {
        await using (var dapr = await StartAsync())
        {
            await SetAsync(dapr, "due", """{"dueTime":"10s","data":"d"}""");
            await SetAsync(dapr, "hourly", """{"schedule":"@every 1h","repeats":5}""");
        }

        _time.Advance(TimeSpan.FromSeconds(20));
        await using (var dapr = await StartAsync())
        {
            var call = await _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal(("/job/due", "\"d\""), (call.Path, call.Body));
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(dapr, "hourly")).Status);
        }
    }

    [Fact]
    public async Task An_app_sees_its_own_jobs_only()
    {
        await using var dapr = await SidecarFixture.StartAsync(null, _time, new TestApp("app"), new TestApp("other"));
        await SetAsync(dapr, "job", """{"dueTime":"30s"}""");

        using var response = await dapr.Http("other").GetAsync(new Uri("/v1.0-alpha1/jobs/job", UriKind.Relative));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("rpc error: code = NotFound desc = job not found: job", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", 400, "DAPR_SCHEDULER_SCHEDULE_EMPTY", "Schedule is empty")]
    [InlineData("""{"name":"job","dueTime":"1s"}""", 400, "DAPR_SCHEDULER_JOB_NAME", "Set the job name in the url only")]
    [InlineData("{", 400, "ERR_MALFORMED_REQUEST", "invalid character")]
    [InlineData("""{"dueTime":7}""", 400, "ERR_MALFORMED_REQUEST", "field dueTime")]
    [InlineData("""{"schedule":"@every 1s","repeats":-1}""", 400, "ERR_MALFORMED_REQUEST", "-1")]
    [InlineData("""{"dueTime":"soon"}""", 500, "DAPR_SCHEDULER_SCHEDULE_JOB", "dueTime: 'soon'")]
    [InlineData("""{"dueTime":""}""", 500, "DAPR_SCHEDULER_SCHEDULE_JOB", "dueTime: ''")]
    [InlineData("""{"schedule":"often"}""", 500, "DAPR_SCHEDULER_SCHEDULE_JOB", "schedule: 'often'")]
    [InlineData("""{"schedule":"* * * * *"}""", 500, "DAPR_SCHEDULER_SCHEDULE_JOB", "schedule: '* * * * *'")]
    [InlineData("""{"schedule":"@every 0s"}""", 500, "DAPR_SCHEDULER_SCHEDULE_JOB", "@every 0s")]
    [InlineData("""{"schedule":"@every 1s","repeats":0}""", 500, "DAPR_SCHEDULER_SCHEDULE_JOB", "repeats")]
    [InlineData("""{"dueTime":"1m","ttl":"1s"}""", 500, "DAPR_SCHEDULER_SCHEDULE_JOB", "ttl: '1s'")]
    public async Task A_job_that_cannot_be_is_refused_and_not_stored(string body, int status, string code, string message)
    {
        await using var dapr = await StartAsync();

        var (answered, text) = await SetAsync(dapr, "job", body);

        Assert.Equal(status, (int)answered);
        using var error = JsonDocument.Parse(text);
        Assert.Equal(code, error.RootElement.GetProperty("errorCode").GetString());
        Assert.Contains(message, error.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.InternalServerError, (await GetAsync(dapr, "job")).Status);
    }

    private Task<SidecarFixture> StartAsync()
    {
        var start = _time.GetUtcNow();
        return SidecarFixture.StartAsync(Path.Combine(_directory, "dapr.db"), _time, new TestApp("app")
        {
            Routes = app => app.MapPost("/job/{name}", async (HttpContext context) =>
            {
                var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
                context.Response.StatusCode = _answer;
                _calls.Writer.TryWrite(new Call(context.Request.Path.ToUriComponent(), body, context.Request.ContentType, _time.GetUtcNow() - start));
            }),
        });
    }

    private static async Task<(HttpStatusCode Status, string Body)> SetAsync(SidecarFixture dapr, string name, string json)
    {
        using var content = new StringContent(json);
        using var response = await dapr.Http("app").PostAsync(UriOf(name), content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(SidecarFixture dapr, string name)
    {
        using var response = await dapr.Http("app").GetAsync(UriOf(name));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static Task UntilGoneAsync(SidecarFixture dapr, string name) =>
        Eventually.TrueAsync(async () => (await GetAsync(dapr, name)).Status == HttpStatusCode.InternalServerError);

    private static Uri UriOf(string name) => new($"/v1.0-alpha1/jobs/{Uri.EscapeDataString(name)}", UriKind.Relative);

    /// <summary>Moves the clock, second by second, until the app is called.</summary>
    private async Task<Call> NextAsync()
    {
        Call? call = null;
        await Eventually.TrueAsync(() =>
        {
            if (!_calls.Reader.TryRead(out call))
            {
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            return Task.FromResult(call is not null);
        });
        return call!;
    }
}
