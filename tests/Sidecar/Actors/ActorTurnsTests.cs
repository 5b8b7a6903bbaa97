using DaprShop.Sidecar.Actors;

namespace DaprShop.Sidecar.Tests.Actors;

public sealed class ActorTurnsTests
{
    private readonly ActorTurns _turns = new(maxDepth: 2);

    [Fact]
    public async Task Turns_are_given_in_the_order_of_arrival()
    {
        Assert.True(await EnterAsync());
        var (second, third) = (EnterAsync(), EnterAsync());

        Assert.False(second.IsCompleted);
        _turns.Leave();
        Assert.True(await second);
        Assert.False(third.IsCompleted);
        _turns.Leave();
        Assert.True(await third);
    }

    [Fact]
    public async Task The_chain_that_holds_the_turn_enters_up_to_the_depth()
    {
        Assert.True(await EnterAsync("chain"));
        Assert.True(await EnterAsync("chain"));

        var error = await Assert.ThrowsAsync<DaprApiException>(() => EnterAsync("chain"));
        var other = EnterAsync("other");
        _turns.Leave();
        Assert.False(other.IsCompleted);
        _turns.Leave();

        Assert.True(await other);
        Assert.Equal("ERR_ACTOR_STACK_DEPTH", error.ErrorCode);
    }

    [Fact]
    public async Task Who_gives_up_waiting_is_left_out()
    {
        using var cancellation = new CancellationTokenSource();
        Assert.True(await EnterAsync());
        var (gone, next) = (_turns.EnterAsync(null, cancellation.Token).AsTask(), EnterAsync());

        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => gone);
        _turns.Leave();

        Assert.True(await next);
    }

    [Fact]
    public async Task Closing_takes_the_next_turn_and_sends_the_others_away()
    {
        Assert.True(await EnterAsync());
        var waiting = EnterAsync();

        Assert.True(_turns.TryBeginClose(out var taken));
        Assert.False(_turns.TryBeginClose(out _));
        Assert.False(taken.IsCompleted);
        _turns.Leave();
        await taken;
        Assert.False(waiting.IsCompleted);
        _turns.Close();

        Assert.False(await waiting);
        Assert.False(await EnterAsync());
    }

    private Task<bool> EnterAsync(string? chain = null) => _turns.EnterAsync(chain, CancellationToken.None).AsTask();
}
