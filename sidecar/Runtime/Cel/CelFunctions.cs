using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DaprShop.Sidecar.Cel;

/// <summary>The operators and functions of the subset.</summary>
internal static class CelFunctions
{
    // CEL's patterns are RE2: linear time, no back-references. NonBacktracking is .NET's engine with the same promise.
    private const RegexOptions Re2 = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    public static readonly IReadOnlyDictionary<string, Func<CelValue, CelValue, CelValue>> Binary =
        new Dictionary<string, Func<CelValue, CelValue, CelValue>>
        {
            ["=="] = (l, r) => CelValue.Of(CelValue.AreEqual(l, r)),
            ["!="] = (l, r) => CelValue.Of(!CelValue.AreEqual(l, r)),
            ["<"] = (l, r) => Compare("_<_", l, r, order => order < 0),
            ["<="] = (l, r) => Compare("_<=_", l, r, order => order <= 0),
            [">"] = (l, r) => Compare("_>_", l, r, order => order > 0),
            [">="] = (l, r) => Compare("_>=_", l, r, order => order >= 0),
            ["+"] = Add,
            ["-"] = (l, r) => Arithmetic("_-_", l, r, (a, b) => checked(a - b), (a, b) => a - b),
            ["*"] = (l, r) => Arithmetic("_*_", l, r, (a, b) => checked(a * b), (a, b) => a * b),
            ["/"] = (l, r) => Arithmetic("_/_", l, r, (a, b) => a / b, (a, b) => a / b),
            ["%"] = (l, r) => Arithmetic("_%_", l, r, (a, b) => a % b, null),
            ["in"] = In,
        };

    /// <summary>Functions of one argument; as a method, <c>x.size()</c>, the receiver is the argument.</summary>
    public static readonly IReadOnlyDictionary<string, Func<CelValue, CelValue>> Unary = new Dictionary<string, Func<CelValue, CelValue>>
    {
        ["size"] = Size,
        ["string"] = value => value.AsText() is { } text ? CelValue.Of(text) : CelValue.NoOverload("string"),
        ["int"] = ToInt,
        ["double"] = ToDouble,
    };

    /// <summary>Methods of strings with one argument.</summary>
    public static readonly IReadOnlyDictionary<string, Func<string, string, CelValue>> Methods =
        new Dictionary<string, Func<string, string, CelValue>>
        {
            ["startsWith"] = (text, start) => CelValue.Of(text.StartsWith(start, StringComparison.Ordinal)),
            ["endsWith"] = (text, end) => CelValue.Of(text.EndsWith(end, StringComparison.Ordinal)),
            ["contains"] = (text, part) => CelValue.Of(text.Contains(part, StringComparison.Ordinal)),
            ["matches"] = Matches,
        };

    public static CelValue Not(CelValue value) => value.Kind == CelKind.Bool ? CelValue.Of(value.IsFalse) : CelValue.NoOverload("!_");

    public static CelValue Negate(CelValue value) => value.Kind switch
    {
        CelKind.Int when value.Int == long.MinValue => CelValue.Error("integer overflow"),
        CelKind.Int => CelValue.Of(-value.Int),
        CelKind.Double => CelValue.Of(-value.Double),
        _ => CelValue.NoOverload("-_"),
    };

    /// <summary>Compiles a pattern that is a literal once; null when it is not a valid one, which fails at evaluation.</summary>
    public static Func<string, CelValue>? Matcher(string pattern) =>
        TryCompile(pattern) is { } regex ? text => CelValue.Of(regex.IsMatch(text)) : null;

    private static CelValue Matches(string text, string pattern) =>
        TryCompile(pattern) is { } regex ? CelValue.Of(regex.IsMatch(text)) : CelValue.Error($"invalid pattern: {pattern}");

    private static Regex? TryCompile(string pattern)
    {
        try
        {
            return new Regex(pattern, Re2);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static CelValue Compare(string name, CelValue left, CelValue right, Func<int, bool> holds) => (left.Kind, right.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => CelValue.Of(holds(left.Int.CompareTo(right.Int))),
        _ when left.IsNumber && right.IsNumber =>
            CelValue.Of(!double.IsNaN(left.Double) && !double.IsNaN(right.Double) && holds(left.Double.CompareTo(right.Double))),
        (CelKind.String, CelKind.String) => CelValue.Of(holds(string.CompareOrdinal(left.Text, right.Text))),
        (CelKind.Bool, CelKind.Bool) => CelValue.Of(holds(left.IsTrue.CompareTo(right.IsTrue))),
        _ => CelValue.NoOverload(name),
    };

    private static CelValue Add(CelValue left, CelValue right) => (left.Kind, right.Kind) switch
    {
        (CelKind.String, CelKind.String) => CelValue.Of(left.Text + right.Text),
        (CelKind.List, CelKind.List) => CelValue.Of([.. left.Items, .. right.Items]),
        _ => Arithmetic("_+_", left, right, (a, b) => checked(a + b), (a, b) => a + b),
    };

    // As in CEL, an int and a double do not mix in arithmetic; event.data.total * 2.0 is how a number of the event is doubled.
    private static CelValue Arithmetic(
        string name, CelValue left, CelValue right, Func<long, long, long> ofInts, Func<double, double, double>? ofDoubles)
    {
        try
        {
            return (left.Kind, right.Kind) switch
            {
                (CelKind.Int, CelKind.Int) => CelValue.Of(ofInts(left.Int, right.Int)),
                (CelKind.Double, CelKind.Double) when ofDoubles is not null => CelValue.Of(ofDoubles(left.Double, right.Double)),
                _ => CelValue.NoOverload(name),
            };
        }
        catch (DivideByZeroException)
        {
            return CelValue.Error("division by zero");
        }
        catch (OverflowException)
        {
            return CelValue.Error("integer overflow");
        }
    }

    private static CelValue In(CelValue item, CelValue container) => container.Kind switch
    {
        CelKind.List => CelValue.Of(container.Items.Any(other => CelValue.AreEqual(item, other))),
        CelKind.Map => CelValue.Of(item.Kind == CelKind.String && container.Map.TryGetProperty(item.Text, out _)),
        _ => CelValue.NoOverload("@in"),
    };

    private static CelValue Size(CelValue value) => value.Kind switch
    {
        CelKind.String => CelValue.Of((long)value.Text.EnumerateRunes().Count()),
        CelKind.List => CelValue.Of((long)value.Items.Count),
        CelKind.Map => CelValue.Of((long)value.Map.GetPropertyCount()),
        _ => CelValue.NoOverload("size"),
    };

    private static CelValue ToInt(CelValue value) => value.Kind switch
    {
        CelKind.Int => value,
        CelKind.Double when Math.Abs(value.Double) < 9223372036854775807.0 => CelValue.Of((long)value.Double),
        CelKind.Double => CelValue.Error("integer overflow"),
        CelKind.String when long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
            CelValue.Of(number),
        CelKind.String => CelValue.Error($"type conversion error: '{value.Text}' is not an int"),
        _ => CelValue.NoOverload("int"),
    };

    private static CelValue ToDouble(CelValue value) => value.Kind switch
    {
        CelKind.Int or CelKind.Double => CelValue.Of(value.Double),
        CelKind.String when double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => CelValue.Of(number),
        CelKind.String => CelValue.Error($"type conversion error: '{value.Text}' is not a double"),
        _ => CelValue.NoOverload("double"),
    };
}
