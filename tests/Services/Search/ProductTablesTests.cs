using DaprShop.Contracts;
using DaprShop.Search.Domain;
using DaprShop.Search.Index;

namespace DaprShop.Services.Tests.Search;

/// <summary>The index by itself.</summary>
public sealed class ProductTablesTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("index-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void In_whatever_order_and_however_often_the_same_changes_give_the_same_product()
    {
        Action<ProductTables>[] changes =
        [
            tables => tables.Create("mug", "A mug", "Kitchen", "Blue"),
            tables => tables.SetPrice("mug", Pounds(1), new Stamp(1, s_now)),
            tables => tables.SetPrice("mug", Pounds(2), new Stamp(2, s_now.AddDays(-1))),
            tables => tables.SetPrice("mug", Pounds(3), new Stamp(3, s_now.AddDays(-2))),
            tables => tables.Discontinue("mug"),
            tables => tables.Review("mug", "c1", 1, new Stamp(1, s_now)),
            tables => tables.Review("mug", "c1", 5, new Stamp(2, s_now)),
            tables => tables.Review("mug", "c2", 2, new Stamp(1, s_now)),
        ];
        var random = new Random(1);
        for (var order = 0; order < 50; order++)
        {
            Action<ProductTables>[] twice = [.. changes, .. changes];
            random.Shuffle(twice);

            var found = Build($"{order}.db", twice);

            Assert.Equal(new FoundProduct("mug", "A mug", Pounds(3), true, "Kitchen", "Blue", 3.5, 2), found);
        }
    }

    [Fact]
    public void Where_events_have_no_version_the_later_one_counts()
    {
        var found = Build(
            "a.db",
            tables => tables.Create("mug", "A mug", null, null),
            tables => tables.SetPrice("mug", Pounds(2), new Stamp(0, s_now.AddSeconds(2))),
            tables => tables.SetPrice("mug", Pounds(1), new Stamp(0, s_now.AddSeconds(1))));

        Assert.Equal(Pounds(2), found!.Price);
    }

    [Fact]
    public void A_product_that_was_not_heard_of_itself_yet_is_not_shown()
    {
        using var file = new IndexFile(Path.Combine(_directory.FullName, "a.db"));
        using var session = file.Open();
        new ProductTables(session, 1).SetPrice("mug", Pounds(1), new Stamp(2, s_now));
        var queries = new ProductQueries(file);

        Assert.Null(queries.Find("mug"));
        Assert.Equal(0, queries.Search(new ProductQuery()).Total);
    }

    private static MoneyAmount Pounds(decimal amount) => new(amount, "GBP");

    private FoundProduct? Build(string name, params Action<ProductTables>[] changes)
    {
        using var file = new IndexFile(Path.Combine(_directory.FullName, name));
        using var session = file.Open();
        session.InTransaction(writes: true, _ =>
        {
            Array.ForEach(changes, change => change(new ProductTables(session, 1)));
            return true;
        });
        return new ProductQueries(file).Find("mug");
    }
}
