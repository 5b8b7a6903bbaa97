using System.Globalization;
using System.Text.Json;

namespace DaprShop.Sidecar.Cel;

internal enum CelKind : byte
{
    Error,
    Null,
    Bool,
    Int,
    Double,
    String,
    List,
    Map,
}

/// <summary>
/// A value of an expression. A failure is a value too: CEL lets <c>false &amp;&amp; failure</c> be false, so it has to travel
/// through the operators, and an event that lacks a field is too common to pay for an exception each time.
/// </summary>
internal readonly struct CelValue
{
    private readonly long _bits;
    private readonly object? _object;

    private CelValue(CelKind kind, long bits, object? reference = null)
    {
        Kind = kind;
        _bits = bits;
        _object = reference;
    }

    public static CelValue Null => new(CelKind.Null, 0);

    public CelKind Kind { get; }

    public bool IsError => Kind == CelKind.Error;

    public bool IsNumber => Kind is CelKind.Int or CelKind.Double;

    public bool IsTrue => Kind == CelKind.Bool && _bits != 0;

    public bool IsFalse => Kind == CelKind.Bool && _bits == 0;

    public long Int => _bits;

    public double Double => Kind == CelKind.Int ? _bits : BitConverter.Int64BitsToDouble(_bits);

    /// <summary>A string's text, or what a failure says.</summary>
    public string Text => (string)_object!;

    /// <summary>A list's items; those of a JSON array are converted on first use.</summary>
    public IReadOnlyList<CelValue> Items =>
        _object as IReadOnlyList<CelValue> ?? [.. ((JsonElement)_object!).EnumerateArray().Select(From)];

    public JsonElement Map => (JsonElement)_object!;

    public static CelValue Error(string message) => new(CelKind.Error, 0, message);

    public static CelValue NoOverload(string function) => Error($"no such overload: {function}");

    public static CelValue Of(bool value) => new(CelKind.Bool, value ? 1 : 0);

    public static CelValue Of(long value) => new(CelKind.Int, value);

    public static CelValue Of(double value) => new(CelKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static CelValue Of(string value) => new(CelKind.String, 0, value);

    public static CelValue Of(IReadOnlyList<CelValue> items) => new(CelKind.List, 0, items);

    /// <summary>JSON numbers are doubles, as they are in daprd, which reads the event into Go's float64.</summary>
    public static CelValue From(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.True => Of(true),
        JsonValueKind.False => Of(false),
        JsonValueKind.Number => Of(json.GetDouble()),
        JsonValueKind.String => Of(json.GetString()!),
        JsonValueKind.Array => new CelValue(CelKind.List, 0, json),
        JsonValueKind.Object => new CelValue(CelKind.Map, 0, json),
        _ => Null,
    };

    public static CelValue From(object? value) => value switch
    {
        null => Null,
        JsonElement json => From(json),
        bool b => Of(b),
        int i => Of(i),
        long l => Of(l),
        double d => Of(d),
        string s => Of(s),
        _ => Error($"unsupported type: {value.GetType().Name}"),
    };

    public CelValue Field(string name) => Kind switch
    {
        CelKind.Error => this,
        CelKind.Map => Map.TryGetProperty(name, out var value) ? From(value) : Error($"no such key: {name}"),
        _ => NoOverload($"field '{name}' of {TypeName}"),
    };

    public CelValue At(CelValue index) => Kind switch
    {
        CelKind.Error => this,
        _ when index.IsError => index,
        CelKind.Map when index.Kind == CelKind.String => Field(index.Text),
        CelKind.Map => Error("no such key"),
        CelKind.List when index.IsNumber && index.Double == Math.Floor(index.Double) => ItemAt(index.Double),
        _ => NoOverload("_[_]"),
    };

    public override bool Equals(object? obj) => obj is CelValue other && AreEqual(this, other);

    public override int GetHashCode() => throw new NotSupportedException("CEL values are compared, never hashed");

    /// <summary>Values of different types are unequal, but for numbers, which compare by their value.</summary>
    public static bool AreEqual(CelValue left, CelValue right) => (left.Kind, right.Kind) switch
    {
        (CelKind.Int, CelKind.Int) or (CelKind.Bool, CelKind.Bool) => left._bits == right._bits,
        _ when left.IsNumber && right.IsNumber => left.Double == right.Double,
        (CelKind.String, CelKind.String) => left.Text == right.Text,
        (CelKind.Null, CelKind.Null) => true,
        (CelKind.List, CelKind.List) => left.Items.SequenceEqual(right.Items),
        (CelKind.Map, CelKind.Map) => MapsAreEqual(left.Map, right.Map),
        _ => false,
    };

    public string TypeName => Kind switch
    {
        CelKind.Null => "null_type",
        _ => Kind.ToString().ToLowerInvariant(),
    };

    public string? AsText() => Kind switch
    {
        CelKind.String => Text,
        CelKind.Bool => IsTrue ? "true" : "false",
        CelKind.Int => Int.ToString(CultureInfo.InvariantCulture),
        CelKind.Double => Double.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static bool MapsAreEqual(JsonElement left, JsonElement right) =>
        left.GetPropertyCount() == right.GetPropertyCount()
        && left.EnumerateObject().All(p => right.TryGetProperty(p.Name, out var other) && AreEqual(From(p.Value), From(other)));

    private CelValue ItemAt(double index)
    {
        if (_object is IReadOnlyList<CelValue> items)
        {
            return index >= 0 && index < items.Count ? items[(int)index] : Error($"index out of bounds: {index}");
        }

        var json = (JsonElement)_object!;
        return index >= 0 && index < json.GetArrayLength() ? From(json[(int)index]) : Error($"index out of bounds: {index}");
    }
}
