using System.Text;
using DaprShop.Sidecar.PubSub;
using DaprShop.Sidecar.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace DaprShop.Sidecar.Tests.PubSub;

public sealed class BrokerTests : IAsyncLifetime
{
    private const string Component = "pubsub";
    private const string Topic = "orders";

    private readonly string _directory = Directory.CreateTempSubdirectory("broker-tests-").FullName;
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(30));
    private Database _database = null!;
    private Broker _broker = null!;

    public Task InitializeAsync()
    {
        Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(_directory, recursive: true);
        _timeout.Dispose();
    }

    [Fact]
    public async Task Messages_are_taken_in_the_order_of_their_commits()
    {
        var group = await JoinAsync("a");
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => PublishAsync($"{i}")));
        var ids = new List<long>();
        for (var i = 0; i < 500; i++)
        {
            var message = await group.TakeAsync(_timeout.Token);
            ids.Add(message.Id);
            group.Finish(message);
        }

        Assert.Equal(ids.Order(), ids);
        Assert.Null(group.TryTake());
        await group.LeaveAsync();
    }

    [Fact]
    public async Task Every_group_gets_every_message_and_members_of_a_group_share_them()
    {
        var (a1, a2, b) = (await JoinAsync("a"), await JoinAsync("a"), await JoinAsync("b"));
        await PublishAsync("1", "2");
        Assert.Equal("1", Text(await a1.TakeAsync(_timeout.Token)));
        Assert.Equal("2", Text(await a2.TakeAsync(_timeout.Token)));
        Assert.Equal("1", Text(await b.TakeAsync(_timeout.Token)));
        Assert.Equal("2", Text(await b.TakeAsync(_timeout.Token)));
        await Task.WhenAll(a1.LeaveAsync(), a2.LeaveAsync(), b.LeaveAsync());
    }

    [Fact]
    public async Task A_new_group_starts_at_the_oldest_message_that_is_there()
    {
        await PublishAsync("1", "2");
        var group = await JoinAsync("late");
        Assert.Equal("1", Text(await group.TakeAsync(_timeout.Token)));
        await group.LeaveAsync();
    }

    [Fact]
    public async Task Only_unfinished_messages_come_again_after_a_restart_and_in_order()
    {
        var group = await JoinAsync("a");
        await PublishAsync("1", "2", "3", "4", "5");
        var taken = await TakeAsync(group, 4);
        group.Finish(taken[3]);
        group.Finish(taken[1]);
        await group.LeaveAsync();
        await ReopenAsync();

        group = await JoinAsync("a");
        await PublishAsync("6");
        var again = await TakeAsync(group, 4);
        Assert.Equal(["1", "3", "5", "6"], again.Select(Text));
        again.ForEach(group.Finish);
        await group.LeaveAsync();
        await ReopenAsync();

        group = await JoinAsync("a");
        await PublishAsync("7");
        Assert.Equal("7", Text(await group.TakeAsync(_timeout.Token)));
        await group.LeaveAsync();
    }

    [Fact]
    public async Task A_returned_message_comes_before_newer_ones()
    {
        var group = await JoinAsync("a");
        await PublishAsync("1", "2", "3");
        var taken = await TakeAsync(group, 2);
        group.Return(taken[1]);
        group.Return(taken[0]);
        Assert.Equal(["1", "2", "3"], (await TakeAsync(group, 3)).Select(Text));
        await group.LeaveAsync();
    }

    [Fact]
    public async Task A_message_and_its_dead_letter_are_one_write()
    {
        var group = await JoinAsync("a");
        await PublishAsync("1");
        var message = await group.TakeAsync(_timeout.Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => group.FinishAsync(message, session =>
        {
            _broker.Append(session, Component, "dead", message.Message);
            throw new InvalidOperationException();
        }));
        Assert.Equal(0, group.Finished);

        await group.FinishAsync(message, session => _broker.Append(session, Component, "dead", message.Message));
        await group.LeaveAsync();
        await ReopenAsync();

        var dead = await _broker.JoinAsync(Component, "dead", "a", kept: true, _timeout.Token);
        Assert.Equal("1", Text(await dead.TakeAsync(_timeout.Token)));
        Assert.Null(dead.TryTake());
        group = await JoinAsync("a");
        await PublishAsync("2");
        Assert.Equal("2", Text(await group.TakeAsync(_timeout.Token)));
        await Task.WhenAll(group.LeaveAsync(), dead.LeaveAsync());
    }

    [Fact]
    public async Task An_undone_write_publishes_nothing_and_does_not_spoil_the_topic()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _database.WriteAsync(session =>
        {
            _broker.Append(session, Component, Topic, Message("lost"));
            throw new InvalidOperationException();
        }));
        await PublishAsync("kept");
        await ReopenAsync();
        var group = await JoinAsync("a");
        Assert.Equal("kept", Text(await group.TakeAsync(_timeout.Token)));
        await group.LeaveAsync();
    }

    [Fact]
    public async Task Reading_ahead_is_bounded_in_bytes()
    {
        for (var i = 0; i < 10; i++)
        {
            await _broker.AppendAsync(Component, Topic, Message(new string('x', 600_000)), _timeout.Token);
        }

        var group = await JoinAsync("a");
        var first = await group.TakeAsync(_timeout.Token);
        group.Finish(first);
        Assert.InRange(Drain(group).Count, 1, 2);
        Assert.NotNull(await group.TakeAsync(_timeout.Token));
        await group.LeaveAsync();

        static List<StoredMessage> Drain(ConsumerGroup group)
        {
            // Taken faster than the pump reads, else there may be one batch more.
            var drained = new List<StoredMessage>();
            while (drained.Count < 2 && group.TryTake() is { } message)
            {
                drained.Add(message);
            }

            return drained;
        }
    }

    [Fact]
    public async Task Metadata_content_type_and_expiry_are_kept()
    {
        var expires = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123);
        var message = new BrokerMessage([1, 2], "application/octet-stream", new Dictionary<string, string> { ["a"] = "b" }, expires);
        await _broker.AppendAsync(Component, Topic, message, _timeout.Token);
        var group = await JoinAsync("a");
        var stored = (await group.TakeAsync(_timeout.Token)).Message;
        Assert.Equal(message.Data, stored.Data);
        Assert.Equal("application/octet-stream", stored.ContentType);
        Assert.Equal("b", stored.Metadata["a"]);
        Assert.Equal(expires, stored.Expires);
        await group.LeaveAsync();
    }

    [Fact]
    public async Task Messages_are_removed_when_every_group_has_finished_them_and_time_has_passed()
    {
        var time = new SteppedTime();
        await CloseAsync();
        Open(time);
        var (a, b) = (await JoinAsync("a"), await JoinAsync("b"));
        await PublishAsync("1", "2");
        (await TakeAsync(a, 2)).ForEach(a.Finish);
        var first = await b.TakeAsync(_timeout.Token);
        b.Finish(first);

        await _broker.TrimAsync(_timeout.Token);
        Assert.Equal(2, Stored());

        time.Now += Broker.Retention + TimeSpan.FromSeconds(1);
        await _broker.TrimAsync(_timeout.Token);
        Assert.Equal(1, Stored());

        b.Finish(await b.TakeAsync(_timeout.Token));
        await _broker.TrimAsync(_timeout.Token);
        Assert.Equal(0, Stored());
        await Task.WhenAll(a.LeaveAsync(), b.LeaveAsync());
    }

    [Fact]
    public async Task A_group_that_is_not_kept_holds_messages_only_as_long_as_it_has_members()
    {
        var time = new SteppedTime();
        await CloseAsync();
        Open(time);
        var (kept, passing) = (await JoinAsync("a"), await JoinAsync("b", kept: false));
        await PublishAsync("1", "2");
        (await TakeAsync(kept, 2)).ForEach(kept.Finish);
        passing.Finish(await passing.TakeAsync(_timeout.Token));
        time.Now += Broker.Retention + TimeSpan.FromSeconds(1);
        await _broker.TrimAsync(_timeout.Token);
        Assert.Equal(1, Stored());

        await Task.WhenAll(kept.LeaveAsync(), passing.LeaveAsync());
        await _broker.TrimAsync(_timeout.Token);
        Assert.Equal(0, Stored());

        await ReopenAsync();
        await PublishAsync("3");
        var group = await JoinAsync("b", kept: false);
        Assert.Equal("3", Text(await group.TakeAsync(_timeout.Token)));
        await group.LeaveAsync();
    }

    [Fact]
    public async Task A_topic_without_groups_keeps_its_messages()
    {
        var time = new SteppedTime();
        await CloseAsync();
        Open(time);
        await PublishAsync("1");
        time.Now += TimeSpan.FromDays(1);
        await _broker.TrimAsync(_timeout.Token);
        Assert.Equal(1, Stored());
    }

    [Fact]
    public async Task Ids_are_not_used_again_when_all_messages_are_gone()
    {
        var time = new SteppedTime();
        await CloseAsync();
        Open(time);
        var group = await JoinAsync("a");
        await PublishAsync("1");
        group.Finish(await group.TakeAsync(_timeout.Token));
        await group.LeaveAsync();
        time.Now += TimeSpan.FromDays(1);
        await _broker.TrimAsync(_timeout.Token);
        Assert.Equal(0, Stored());
        await ReopenAsync();

        await PublishAsync("2");
        group = await JoinAsync("a");
        Assert.Equal("2", Text(await group.TakeAsync(_timeout.Token)));
        await group.LeaveAsync();
    }

    private static BrokerMessage Message(string text) => new(Encoding.UTF8.GetBytes(text), CloudEvent.ContentType, BrokerMessage.NoMetadata, null);

    private static string Text(StoredMessage message) => Encoding.UTF8.GetString(message.Message.Data);

    private void Open(TimeProvider? time = null)
    {
        _database = Database.Open(Path.Combine(_directory, "dapr.db"));
        _broker = new Broker(_database, time ?? TimeProvider.System, NullLoggerFactory.Instance);
    }

    private async Task CloseAsync()
    {
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    private async Task ReopenAsync()
    {
        await CloseAsync();
        Open();
    }

    private Task<ConsumerGroup> JoinAsync(string group, bool kept = true) => _broker.JoinAsync(Component, Topic, group, kept, _timeout.Token);

    private Task PublishAsync(params string[] texts) => _broker.AppendAsync(Component, Topic, [.. texts.Select(Message)], _timeout.Token);

    private async Task<List<StoredMessage>> TakeAsync(ConsumerGroup group, int count)
    {
        var taken = new List<StoredMessage>();
        while (taken.Count < count)
        {
            taken.Add(await group.TakeAsync(_timeout.Token));
        }

        return taken;
    }

    private long Stored() => _database.Read(session => session.Scalar<long>("SELECT count(*) FROM pubsub_message"));

    private sealed class SteppedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddYears(60);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
