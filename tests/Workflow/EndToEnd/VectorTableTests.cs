using System.Reflection;
using System.Text.RegularExpressions;

namespace DaprShop.Workflow.Tests.EndToEnd;

/// <summary>
/// The test vectors of the protocol's specification. A vector's test has its id in its name: <c>--filter Vector_16</c>. Those of the kind W
/// ask the worker alone (namespace Worker), E the engine alone (Engine), X both together (EndToEnd).
/// </summary>
public sealed partial class VectorTableTests
{
    // In the order of the ids, from 1 on; a test compares it with the specification where that is at hand.
    private const string Kinds =
        "XXXXXXXXXW" + "XXXEXXXXXX" + "XXXXWWXXXX" + "WEEEEEEEXX" + "EXXXXXEXXX" + "XWWWWXEEEX";

    public static IEnumerable<object[]> Vectors => Kinds.Select((kind, i) => (object[])[i + 1, Place(kind)]);

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Every_vector_has_a_test(int id, string place)
    {
        var tests = typeof(VectorTableTests).Assembly.GetTypes().Where(type => type.Namespace?.EndsWith($".{place}", StringComparison.Ordinal) == true)
            .SelectMany(type => type.GetMethods()).Where(method => method.GetCustomAttributes<FactAttribute>().Any(fact => fact.Skip is null));

        Assert.Contains(tests, test => IdsIn(test.Name).Contains(id));
    }

    [Fact]
    public void The_table_is_the_specifications()
    {
        if (Specification() is { } specification)
        {
            var rows = Row().Matches(specification).Select(row => (int.Parse(row.Groups["id"].ValueSpan), row.Groups["kind"].Value[0])).ToList();
            Assert.Equal(Kinds.Select((kind, i) => (i + 1, kind)), rows);
        }
    }

    private static string Place(char kind) => kind switch { 'W' => "Worker", 'E' => "Engine", _ => "EndToEnd" };

    private static IEnumerable<int> IdsIn(string name) =>
        Name().Match(name) is { Success: true } match ? match.Groups["id"].Captures.Select(id => int.Parse(id.ValueSpan)) : [];

    private static string? Specification()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var file = Path.Combine(at.FullName, "shared", "specs", "workflow-protocol.md");
            if (File.Exists(file))
            {
                return File.ReadAllText(file);
            }
        }

        return null;
    }

    [GeneratedRegex(@"^Vector_(?<id>\d\d)(_and_(?<id>\d\d))*_")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\| (?<id>\d+) \| (?<kind>[WEX]) \| ", RegexOptions.Multiline)]
    private static partial Regex Row();
}
