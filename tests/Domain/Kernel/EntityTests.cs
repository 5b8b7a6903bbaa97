using DaprShop.Domain;

namespace DaprShop.Domain.Tests.Kernel;

public sealed class EntityTests
{
    [Fact]
    public void It_is_equal_by_type_and_id_alone()
    {
        Assert.Equal(new Parcel("1", weight: 5), new Parcel("1", weight: 7));
        Assert.NotEqual(new Parcel("1", weight: 5), new Parcel("2", weight: 5));
        Assert.False(new Parcel("1", weight: 5).Equals((object)new Letter("1")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void It_has_an_id(string id) => Assert.Equal("id", Assert.Throws<DomainException>(() => new Letter(id)).Field);

    [Fact]
    public void An_aggregate_collects_what_happened_in_order()
    {
        var parcel = new Parcel("1", weight: 5);

        parcel.Weigh(6);
        parcel.Weigh(7);

        Assert.Equal([new Weighed(6, default), new Weighed(7, default)], parcel.Events);
    }

    private sealed record Weighed(int Weight, DateTimeOffset At) : DomainEvent(At);

    private sealed class Letter(string id) : Entity(id);

    private sealed class Parcel(string id, int weight) : AggregateRoot(id)
    {
        public int Weight { get; private set; } = weight;

        public void Weigh(int weight)
        {
            Weight = weight;
            Raise(new Weighed(weight, default));
        }
    }
}
