using System.Globalization;
using System.Text.RegularExpressions;
using DaprShop.Sidecar.Cel;

namespace DaprShop.Sidecar.Resiliency;

/// <summary>
/// When a closed breaker opens: a CEL expression over requests, totalSuccesses, totalFailures, consecutiveSuccesses and
/// consecutiveFailures. The usual one, <c>consecutiveFailures &gt; N</c>, is compared without an evaluator.
/// </summary>
internal sealed partial class TripCondition
{
    private readonly CelExpression? _expression;
    private readonly long _limit;

    private TripCondition(long limit, CelExpression? expression)
    {
        _limit = limit;
        _expression = expression;
    }

    /// <summary>Throws <see cref="FormatException"/> for an expression that cannot be compiled.</summary>
    public static TripCondition Parse(string text)
    {
        if (Consecutive().Match(text) is { Success: true } match)
        {
            var number = long.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
            return new TripCondition(match.Groups["equal"].Success ? number : number + 1, null);
        }

        return new TripCondition(0, CelExpression.Compile(text));
    }

    public bool IsMet(in CircuitBreakerCounts counts) => _expression is null
        ? counts.ConsecutiveFailures >= _limit
        : IsTrue(_expression, counts);

    /// <summary>An expression that cannot be evaluated (a division by zero) does not trip.</summary>
    private static bool IsTrue(CelExpression expression, in CircuitBreakerCounts counts)
    {
        try
        {
            return expression.Evaluate(new Dictionary<string, object?>
            {
                ["requests"] = counts.Requests,
                ["totalSuccesses"] = counts.TotalSuccesses,
                ["totalFailures"] = counts.TotalFailures,
                ["consecutiveSuccesses"] = counts.ConsecutiveSuccesses,
                ["consecutiveFailures"] = counts.ConsecutiveFailures,
            });
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^\s*consecutiveFailures\s*>(?<equal>=)?\s*(?<number>\d{1,9})\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Consecutive();
}
