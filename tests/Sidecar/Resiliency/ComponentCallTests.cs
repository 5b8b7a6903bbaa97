using System.Text;
using System.Text.Json;
using DaprShop.Sidecar.Resources;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.Resiliency;

/// <summary>Outbound policies around every API call to a component; a component fails because its table is gone.</summary>
public sealed class ComponentCallTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("component-calls-").FullName;

    public ComponentCallTests() => File.WriteAllText(Path.Combine(_directory, "secrets.json"), """{"a":"alpha"}""");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("state.sqlite", "GET", "/v1.0/state/c/k", "", "ERR_STATE_GET", "fail to get k from state store c: ")]
    [InlineData("state.sqlite", "POST", "/v1.0/state/c/bulk", """{"keys":["k"]}""", "ERR_STATE_BULK_GET", "fail to get from state store c: ")]
    [InlineData("state.sqlite", "POST", "/v1.0/state/c", """[{"key":"k","value":1}]""", "ERR_STATE_SAVE", "failed saving state in state store c: ")]
    [InlineData("state.sqlite", "DELETE", "/v1.0/state/c/k", "", "ERR_STATE_DELETE", "failed deleting state with key k: ")]
    [InlineData("state.sqlite", "POST", "/v1.0/state/c/transaction", """{"operations":[{"operation":"delete","request":{"key":"k"}}]}""", "ERR_STATE_TRANSACTION", "error while executing state transaction: ")]
    [InlineData("lock.redis", "POST", "/v1.0-alpha1/lock/c", """{"resourceId":"r","lockOwner":"a","expiryInSeconds":9}""", "ERR_TRY_LOCK", "failed to try acquiring lock: ")]
    [InlineData("lock.redis", "POST", "/v1.0-alpha1/unlock/c", """{"resourceId":"r","lockOwner":"a"}""", "ERR_UNLOCK", "failed to release lock: ")]
    [InlineData("configuration.redis", "GET", "/v1.0/configuration/c?key=a&key=b", "", "ERR_CONFIGURATION_GET", "failed to get [a b] from Configuration store c: ")]
    [InlineData("secretstores.local.file", "GET", "/v1.0/secrets/c/none", "", "ERR_SECRET_GET", "failed getting secret with key none from secret store c: ")]
    [InlineData("bindings.http", "POST", "/v1.0/bindings/c", """{"operation":"get"}""", "ERR_INVOKE_OUTPUT_BINDING", "error invoking output binding c: ")]
    public async Task After_failures_the_breaker_refuses_calls_with_the_blocks_own_error(
        string type, string method, string path, string body, string code, string message)
    {
        await using var dapr = await StartAsync(
            type, new ResiliencySpec { CircuitBreakers = new Dictionary<string, CircuitBreakerSpec> { ["p"] = new() { Trip = "consecutiveFailures > 1" } } });
        await dapr.Dapr.Shared.Database.WriteAsync(session =>
        {
            foreach (var table in (string[])["state", "locks", "configuration"])
            {
                session.Execute($"DROP TABLE {table}");
            }
        });

        for (var failure = 0; failure < 2; failure++)
        {
            var (status, failed) = await SendAsync(dapr, method, path, body);
            Assert.Equal(500, status);
            Assert.DoesNotContain("circuit breaker", failed, StringComparison.Ordinal);
        }

        var (_, refused) = await SendAsync(dapr, method, path, body);
        var error = JsonDocument.Parse(refused).RootElement;
        Assert.Equal(code, error.GetProperty("errorCode").GetString());
        Assert.Equal($"{message}circuit breaker is open", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task What_was_wrong_with_the_request_is_no_failure_of_the_component()
    {
        await using var dapr = await StartAsync(
            "state.sqlite", new ResiliencySpec { CircuitBreakers = new Dictionary<string, CircuitBreakerSpec> { ["p"] = new() { Trip = "consecutiveFailures > 1" } } });

        for (var refusal = 0; refusal < 5; refusal++)
        {
            Assert.Equal(409, (await SendAsync(dapr, "POST", "/v1.0/state/c", """[{"key":"k","value":1,"etag":"stale"}]""")).Status);
            Assert.Equal(400, (await SendAsync(dapr, "GET", "/v1.0/state/c/a%7C%7Cb", "")).Status);
        }

        Assert.Equal(204, (await SendAsync(dapr, "POST", "/v1.0/state/c", """[{"key":"k","value":1}]""")).Status);
    }

    [Fact]
    public async Task A_component_that_recovers_answers_the_call_that_is_tried_again()
    {
        var retry = new RetrySpec { Duration = TimeSpan.FromMilliseconds(20), MaxRetries = -1 };
        await using var dapr = await StartAsync("lock.redis", new ResiliencySpec { Retries = new Dictionary<string, RetrySpec> { ["p"] = retry } });
        await dapr.Dapr.Shared.Database.WriteAsync(session => session.Execute("ALTER TABLE locks RENAME TO away"));

        var answer = SendAsync(dapr, "POST", "/v1.0-alpha1/lock/c", """{"resourceId":"r","lockOwner":"a","expiryInSeconds":9}""");
        await dapr.Dapr.Shared.Database.WriteAsync(session => session.Execute("ALTER TABLE away RENAME TO locks"));

        Assert.Equal((200, """{"success":true}"""), await answer.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    private Task<SidecarFixture> StartAsync(string type, ResiliencySpec policies) => SidecarFixture.StartAsync(new TestApp("app")
    {
        Configure = options => options with { WorkingDirectory = _directory },
        Components = [Component("c", type, ("secretsFile", "secrets.json"), ("url", "http://127.0.0.1:1"))],
        Resiliency =
        [
            policies with
            {
                Outbound = new Dictionary<string, TargetSpec>
                {
                    ["c"] = new(null, policies.Retries.Count > 0 ? "p" : null, policies.CircuitBreakers.Count > 0 ? "p" : null),
                },
            },
        ],
    });

    private static async Task<(int Status, string Body)> SendAsync(SidecarFixture dapr, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body.Length > 0 ? new StringContent(body, Encoding.UTF8, "application/json") : null;
        using var response = await dapr.Http("app").SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
