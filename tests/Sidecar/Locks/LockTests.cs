using System.Net.Http.Json;
using Dapr;
using Grpc.Core;
using static DaprShop.Sidecar.Tests.TestComponents;

namespace DaprShop.Sidecar.Tests.Locks;

#pragma warning disable DAPR_DISTRIBUTEDLOCK // The SDK calls its lock methods a preview.

public sealed class LockTests
{
    [Fact]
    public async Task A_lock_has_one_owner_until_that_one_releases_it()
    {
        await using var dapr = await StartAsync(TimeProvider.System);

        Assert.Equal("""{"success":true}""", await LockAsync(dapr, "r", "a"));
        Assert.Equal("""{"success":false}""", await LockAsync(dapr, "r", "b"));
        Assert.Equal("""{"success":false}""", await LockAsync(dapr, "r", "a"));
        Assert.Equal("""{"success":true}""", await LockAsync(dapr, "other", "b"));
        Assert.Equal("""{"status":2}""", await UnlockAsync(dapr, "r", "b"));
        Assert.Equal("""{"status":0}""", await UnlockAsync(dapr, "r", "a"));
        Assert.Equal("""{"status":1}""", await UnlockAsync(dapr, "r", "a"));
        Assert.Equal("""{"success":true}""", await LockAsync(dapr, "r", "b"));
    }

    [Fact]
    public async Task An_expired_lock_is_free_and_no_longer_its_owners()
    {
        var time = new ManualTime();
        await using var dapr = await StartAsync(time);
        await LockAsync(dapr, "r", "a", seconds: 10);

        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("""{"success":false}""", await LockAsync(dapr, "r", "b"));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("""{"status":1}""", await UnlockAsync(dapr, "r", "a"));
        Assert.Equal("""{"success":true}""", await LockAsync(dapr, "r", "b"));
        Assert.Equal("""{"status":2}""", await UnlockAsync(dapr, "r", "a"));
    }

    [Fact]
    public async Task The_sdk_locks_and_unlocks()
    {
        await using var dapr = await StartAsync(TimeProvider.System);
        using var client = dapr.Client("app");

        // Not disposed: that would unlock through a client of its own, at the default port.
        var held = await client.Lock("locks", "r", "a", expiryInSeconds: 60);
        var refused = await client.Lock("locks", "r", "b", expiryInSeconds: 60);

        Assert.True(held.Success);
        Assert.False(refused.Success);
        Assert.Equal(Dapr.Client.LockStatus.LockBelongsToOthers, (await client.Unlock("locks", "r", "b")).status);
        Assert.Equal(Dapr.Client.LockStatus.Success, (await client.Unlock("locks", "r", "a")).status);
        Assert.Equal(Dapr.Client.LockStatus.LockDoesNotExist, (await client.Unlock("locks", "r", "a")).status);
    }

    [Fact]
    public async Task Of_many_who_race_one_gets_the_lock()
    {
        await using var dapr = await StartAsync(TimeProvider.System);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => LockAsync(dapr, "r", $"owner{i}")));

        Assert.Single(answers, """{"success":true}""");
    }

    [Fact]
    public async Task A_lock_outlives_the_process()
    {
        var directory = Directory.CreateTempSubdirectory("lock-tests-").FullName;
        try
        {
            var database = Path.Combine(directory, "dapr.db");
            await using (var before = await StartAsync(TimeProvider.System, database))
            {
                await LockAsync(before, "r", "a");
            }

            await using var after = await StartAsync(TimeProvider.System, database);

            Assert.Equal("""{"success":false}""", await LockAsync(after, "r", "b"));
            Assert.Equal("""{"status":0}""", await UnlockAsync(after, "r", "a"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Apps_have_locks_of_their_own_unless_the_store_says_otherwise()
    {
        var shared = Component("shared", "lock.redis", ("keyPrefix", "name"));
        await using var dapr = await SidecarFixture.StartAsync(
            new TestApp("app") { Components = [Component("locks", "lock.redis"), shared] },
            new TestApp("second") { Components = [Component("locks", "lock.redis"), shared] });

        await LockAsync(dapr, "r", "a");
        await LockAsync(dapr, "r", "a", store: "shared");

        Assert.Equal("""{"success":true}""", await LockAsync(dapr, "r", "b", appId: "second"));
        Assert.Equal("""{"success":false}""", await LockAsync(dapr, "r", "b", appId: "second", store: "shared"));
    }

    [Theory]
    [InlineData("lock", "locks", """{"resourceId":"r","lockOwner":"a","expiryInSeconds":0}""", "ExpiryInSeconds is not positive in lock store locks")]
    [InlineData("lock", "locks", """{"lockOwner":"a","expiryInSeconds":5}""", "ResourceId is empty in lock store locks")]
    [InlineData("lock", "locks", """{"resourceId":"r","expiryInSeconds":5}""", "LockOwner is empty in lock store locks")]
    [InlineData("unlock", "locks", """{"resourceId":"r"}""", "LockOwner is empty in lock store locks")]
    [InlineData("lock", "nostore", """{"resourceId":"r","lockOwner":"a","expiryInSeconds":5}""", "lock store nostore not found")]
    [InlineData("unlock", "nostore", """{"resourceId":"r","lockOwner":"a"}""", "lock store nostore not found")]
    [InlineData("lock", "locks", "{", "failed deserializing HTTP body: ")]
    [InlineData("lock", "locks", """{"resourceId":"r","lockOwner":"a","expiryInSeconds":"soon"}""", "expiryInSeconds")]
    public async Task A_wrong_request_is_told_what_is_wrong(string operation, string store, string body, string message)
    {
        await using var dapr = await StartAsync(TimeProvider.System);

        using var response = await dapr.Http("app").PostAsync($"/v1.0-alpha1/{operation}/{store}", new StringContent(body));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains(message, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_have_their_grpc_codes()
    {
        await using var dapr = await SidecarFixture.StartAsync(new TestApp("app") { Components = [Component("locks", "lock.redis")] }, new TestApp("bare"));

        Assert.Equal(StatusCode.InvalidArgument, await StatusOfAsync("app", "nostore", "r"));
        Assert.Equal(StatusCode.Internal, await StatusOfAsync("app", "locks", "a||b"));
        Assert.Equal(StatusCode.FailedPrecondition, await StatusOfAsync("bare", "locks", "r"));

        async Task<StatusCode> StatusOfAsync(string appId, string store, string resource)
        {
            using var client = dapr.Client(appId);
            var error = await Assert.ThrowsAsync<DaprException>(() => client.Lock(store, resource, "a", 10));
            return Assert.IsType<RpcException>(error.InnerException).StatusCode;
        }
    }

    private static Task<SidecarFixture> StartAsync(TimeProvider time, string? database = null) =>
        SidecarFixture.StartAsync(database, time, new TestApp("app") { Components = [Component("locks", "lock.redis")] });

    private static Task<string> LockAsync(
        SidecarFixture dapr, string resource, string owner, int seconds = 60, string appId = "app", string store = "locks") =>
        PostAsync(dapr, appId, $"lock/{store}", new { resourceId = resource, lockOwner = owner, expiryInSeconds = seconds });

    private static Task<string> UnlockAsync(SidecarFixture dapr, string resource, string owner) =>
        PostAsync(dapr, "app", "unlock/locks", new { resourceId = resource, lockOwner = owner });

    private static async Task<string> PostAsync(SidecarFixture dapr, string appId, string path, object body)
    {
        using var response = await dapr.Http(appId).PostAsJsonAsync($"/v1.0-alpha1/{path}", body);
        Assert.Equal(200, (int)response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
