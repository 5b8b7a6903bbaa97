using System.Text.Json;

namespace DaprShop.Sidecar.Cel;

/// <summary>A compiled expression of the subset of CEL (Common Expression Language) that Dapr's routes and breakers use.</summary>
internal sealed class CelExpression
{
    /// <summary>Compiles; a <see cref="FormatException"/> tells line, column and what was expected.</summary>
    public static CelExpression Compile(string text) => throw new NotImplementedException(text);

    /// <summary>
    /// Evaluates with variables: JSON elements, long, double, bool, string. Throws <see cref="InvalidOperationException"/> when
    /// it fails (missing field, wrong type) or does not give a bool.
    /// </summary>
    public bool Evaluate(IReadOnlyDictionary<string, object?> variables) => throw new NotImplementedException();

    /// <summary>Evaluates a route's rule, where <c>event</c> is the CloudEvent.</summary>
    public bool Matches(JsonElement cloudEvent) => Evaluate(new Dictionary<string, object?> { ["event"] = cloudEvent });
}
