using System.Text.Json;

namespace DaprShop.Sidecar.Cel;

/// <summary>
/// A compiled expression of the subset of CEL (Common Expression Language) that Dapr's routes and breakers use: literals,
/// fields and indexes, comparison, arithmetic, logic, ternary, <c>in</c>, <c>has</c>, <c>size</c>, <c>string</c>, <c>int</c>,
/// <c>double</c>, <c>matches</c>, <c>startsWith</c>, <c>endsWith</c> and <c>contains</c>. Thread-safe.
/// </summary>
internal sealed class CelExpression
{
    private readonly CelNode _root;

    private CelExpression(string text, CelNode root)
    {
        Text = text;
        _root = root;
    }

    public string Text { get; }

    /// <summary>
    /// Compiles; a <see cref="FormatException"/> tells line, column and what was expected. With <paramref name="variables"/>
    /// a name that is none of them is an error as well; without, it is found out at evaluation.
    /// </summary>
    public static CelExpression Compile(string text, params IReadOnlyCollection<string>? variables) =>
        new(text, CelParser.Parse(text, variables is { Count: > 0 } ? variables : null));

    /// <summary>
    /// Evaluates with variables: JSON elements, long, double, bool, string. Throws <see cref="InvalidOperationException"/> when
    /// it fails (missing field, wrong type) or does not give a bool.
    /// </summary>
    public bool Evaluate(IReadOnlyDictionary<string, object?> variables)
    {
        var result = _root.Evaluate(variables);
        return result.Kind switch
        {
            CelKind.Bool => result.IsTrue,
            CelKind.Error => throw new InvalidOperationException(result.Text),
            _ => throw new InvalidOperationException($"the expression gave a {result.TypeName} instead of a bool"),
        };
    }

    /// <summary>Evaluates a route's rule, where <c>event</c> is the CloudEvent.</summary>
    public bool Matches(JsonElement cloudEvent) => Evaluate(new Dictionary<string, object?> { ["event"] = cloudEvent });
}
