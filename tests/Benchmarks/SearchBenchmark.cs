using System.Diagnostics;
using DaprShop.Benchmarks.Load;
using DaprShop.Contracts;
using DaprShop.Search.Domain;
using DaprShop.Search.Index;

namespace DaprShop.Benchmarks;

/// <summary>Questions to search's index of 100,000 products, none of them from the cache.</summary>
internal static class SearchBenchmark
{
    private const int Products = 100_000;
    private const int Questions = 500;

    private static readonly string[] s_kinds =
        ["mug", "bowl", "lamp", "clock", "basket", "blanket", "candle", "notebook", "apron", "board", "teapot", "print", "shelf", "vase", "frame", "rug"];

    private static readonly string[] s_words = [.. Enumerable.Range(0, 2_000).Select(Word)];

    public static Task RunAsync()
    {
        var directory = Directory.CreateTempSubdirectory("search-");
        try
        {
            using var file = new IndexFile(Path.Combine(directory.FullName, "search.db"));
            var filling = Stopwatch.StartNew();
            Fill(file);
            Console.WriteLine($"{Products:N0} products indexed in {filling.Elapsed.TotalSeconds:0.0} s");
            Measure(new ProductQueries(file));
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        return Task.CompletedTask;
    }

    private static void Measure(ProductQueries queries)
    {
        var table = new ResultTable($"{Products:N0} products, one after the other", "questions/s", "p50 ms", "p99 ms");
        Add("detail", random => queries.Find($"p{random.Next(Products)}"));
        Add("two words", random => queries.Search(new ProductQuery { Term = $"{Any(random, s_words)} {Any(random, s_words)[..3]}" }));
        Add("one word", random => queries.Search(new ProductQuery { Term = Any(random, s_words) }));
        Add("the first letters of a word", random => queries.Search(new ProductQuery { Term = Any(random, s_words)[..3] }));
        Add("a word that one product in sixteen has", random => queries.Search(new ProductQuery { Term = Any(random, s_kinds) }));
        Add("a word and a price, by price", random => queries.Search(new ProductQuery
        {
            Term = Any(random, s_words), MinPrice = 10, MaxPrice = 60, Currency = "GBP", Sort = "price",
        }));
        Add("a category and a price, by rating", random => queries.Search(new ProductQuery
        {
            Category = $"Category {random.Next(40)}", MinPrice = 10, MaxPrice = 60, Currency = "GBP", Sort = "rating",
        }));
        Add("a category, page 1 to 50", random => queries.Search(new ProductQuery { Category = $"Category {random.Next(40)}", Page = random.Next(1, 51) }));
        Add("everything, by popularity", _ => queries.Search(new ProductQuery { Sort = "popular" }));
        Add("popular", _ => queries.Popular(10));
        table.Print("search");

        void Add(string name, Func<Random, object?> ask)
        {
            var random = new Random(1);
            for (var i = 0; i < Questions / 10; i++)
            {
                ask(random);
            }

            var took = new double[Questions];
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < Questions; i++)
            {
                var begin = Stopwatch.GetTimestamp();
                ask(random);
                took[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            }

            var measured = new Measurement(took, watch.Elapsed, TimeSpan.Zero);
            table.Add(name, measured.PerSecond, measured.Percentile(0.5), measured.Percentile(0.99));
        }
    }

    private static void Fill(IndexFile file)
    {
        var random = new Random(1);
        using var session = file.Open();
        foreach (var part in Enumerable.Range(0, Products).Chunk(5_000))
        {
            session.InTransaction(writes: true, _ =>
            {
                var tables = new ProductTables(session, 1);
                foreach (var i in part)
                {
                    var sku = $"p{i}";
                    var description = string.Join(' ', Enumerable.Range(0, 12).Select(_ => Any(random, s_words)));
                    tables.Create(sku, $"{Any(random, s_words)} {Any(random, s_kinds)} {Any(random, s_words)}", $"Category {i % 40}", description);
                    tables.SetPrice(sku, new MoneyAmount(random.Next(100, 20_000) / 100m, "GBP"), new Stamp(1, DateTimeOffset.UnixEpoch));
                    tables.Review(sku, "c1", random.Next(1, 6), new Stamp(1, DateTimeOffset.UnixEpoch));
                    tables.Sell(sku, random.Next(50));
                }

                return true;
            });
        }
    }

    private static string Any(Random random, string[] of) => of[random.Next(of.Length)];

    private static string Word(int seed)
    {
        var random = new Random(seed);
        return string.Concat(Enumerable.Range(0, random.Next(2, 4)).Select(_ => $"{"bcdfghklmnprstvw"[random.Next(16)]}{"aeiou"[random.Next(5)]}"));
    }
}
