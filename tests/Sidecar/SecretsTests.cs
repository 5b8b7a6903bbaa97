using System.Text.Json;
using Dapr;
using DaprShop.Sidecar.Resources;
using Grpc.Core;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests;

public sealed class SecretsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("secrets-tests-").FullName;

    public SecretsTests() => File.WriteAllText(
        Path.Combine(_directory, "secrets.json"),
        """{"a": "alpha", "db": {"pw": "s3cret", "user": "sa"}, "deep": {"x": {"y": "z"}}}""");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("/v1.0/secrets/secretstore/a", 200, """{"a":"alpha"}""")]
    [InlineData("/v1.0/secrets/secretstore/db:pw", 200, """{"db:pw":"s3cret"}""")]
    [InlineData("/v1.0/secrets/secretstore/deep:x:y", 200, """{"deep:x:y":"z"}""")]
    [InlineData("/v1.0/secrets/secretmulti/db", 200, """{"pw":"s3cret","user":"sa"}""")]
    [InlineData("/v1.0/secrets/secretmulti/a", 200, """{"a":"alpha"}""")]
    [InlineData("/v1.0/secrets/secretstore/bulk", 200, """{"a":{"a":"alpha"},"db:pw":{"db:pw":"s3cret"},"db:user":{"db:user":"sa"},"deep:x:y":{"deep:x:y":"z"}}""")]
    [InlineData("/v1.0/secrets/secretstore/nope", 500, """{"errorCode":"ERR_SECRET_GET","message":"failed getting secret with key nope from secret store secretstore: secret nope not found"}""")]
    [InlineData("/v1.0/secrets/nostore/a", 401, """{"errorCode":"ERR_SECRET_STORE_NOT_FOUND","message":"failed finding secret store with key nostore"}""")]
    public async Task Secrets_are_read_as_daprd_reads_them(string path, int status, string answer)
    {
        await using var dapr = await StartAsync(new ConfigurationSpec());

        using var response = await dapr.Http("app").GetAsync(path);

        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(status, (int)response.StatusCode);
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(answer).RootElement, JsonDocument.Parse(text).RootElement), text);
    }

    [Theory]
    [InlineData("secretstore", "db:pw", false)]
    [InlineData("secretstore", "a", true)]
    [InlineData("secretmulti", "a", true)]
    [InlineData("secretmulti", "db", false)]
    public async Task Scopes_deny_a_secret_and_leave_it_out_of_the_bulk(string store, string name, bool allowed)
    {
        await using var dapr = await StartAsync(new ConfigurationSpec
        {
            SecretScopes = [new("secretstore", false, [], ["db:pw"]), new("secretmulti", true, ["a"], [])],
        });

        using var response = await dapr.Http("app").GetAsync($"/v1.0/secrets/{store}/{name}");
        var bulk = JsonDocument.Parse(await dapr.Http("app").GetStringAsync($"/v1.0/secrets/{store}/bulk")).RootElement;

        Assert.Equal(allowed ? 200 : 403, (int)response.StatusCode);
        Assert.Equal(allowed, bulk.TryGetProperty(name, out _));
        if (!allowed)
        {
            Assert.Equal(
                $$"""{"errorCode":"ERR_PERMISSION_DENIED","message":"access denied by policy to get \"{{name}}\" from \"{{store}}\""}""",
                (await response.Content.ReadAsStringAsync()).Replace("\\u0022", "\\\"", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_sdk_reads_secrets_and_their_errors()
    {
        await using var dapr = await StartAsync(new ConfigurationSpec { SecretScopes = [new("secretstore", false, [], ["db:pw"])] });
        using var client = dapr.Client("app");

        Assert.Equal("alpha", (await client.GetSecretAsync("secretstore", "a"))["a"]);
        Assert.Equal("sa", (await client.GetBulkSecretAsync("secretstore"))["db:user"]["db:user"]);
        Assert.Equal(StatusCode.PermissionDenied, await StatusOfAsync("secretstore", "db:pw"));
        Assert.Equal(StatusCode.InvalidArgument, await StatusOfAsync("nostore", "a"));
        Assert.Equal(StatusCode.Internal, await StatusOfAsync("secretstore", "nope"));

        async Task<StatusCode> StatusOfAsync(string store, string name) => Assert.IsType<RpcException>(
            (await Assert.ThrowsAsync<DaprException>(() => client.GetSecretAsync(store, name))).InnerException).StatusCode;
    }

    [Fact]
    public async Task Without_any_secret_store_none_is_configured()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("bare"));

        using var response = await dapr.Http("bare").GetAsync("/v1.0/secrets/secretstore/a");

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Contains("ERR_SECRET_STORES_NOT_CONFIGURED", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<SidecarFixture> StartAsync(ConfigurationSpec configuration) => SidecarFixture.StartAsync(new TestApp("app")
    {
        Configuration = configuration,
        Configure = options => options with { WorkingDirectory = _directory },
        Components =
        [
            Component("secretstore", "secretstores.local.file", ("secretsFile", "./secrets.json"), ("nestedSeparator", ":")),
            Component("secretmulti", "secretstores.local.file", ("secretsFile", "secrets.json"), ("multiValued", "true")),
        ],
    });
}
