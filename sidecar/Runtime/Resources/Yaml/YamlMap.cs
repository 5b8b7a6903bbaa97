using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DaprShop.Sidecar.Resources.Yaml;

/// <summary>A mapping with its path (<c>spec.metadata[0]</c>) and lines; its readers report what is missing or of the wrong kind.</summary>
internal sealed class YamlMap
{
    private readonly YamlPlace _place;
    private readonly long _line;
    private readonly Dictionary<string, (YamlScalarNode Key, YamlNode Value)> _entries = new(StringComparer.Ordinal);

    public YamlMap(YamlPlace place, YamlMappingNode node, string path)
    {
        (_place, Path, _line) = (place, path, node.Start.Line);
        Take(node);
    }

    /// <summary>Path from the document's root; empty for the root.</summary>
    public string Path { get; }

    public YamlPlace Place => _place;

    /// <summary>Line in the file, from 1.</summary>
    public int Line => _place.LineInFile(_line);

    /// <summary>Keys in the order of the file.</summary>
    public IEnumerable<string> Keys => _entries.Keys;

    /// <summary>The key is there and its value is not null.</summary>
    public bool Has(string key) => _entries.TryGetValue(key, out var entry) && !IsNull(entry.Value);

    /// <summary>Line in the file of a key, or of this mapping when it lacks the key.</summary>
    public int LineOf(string key) => _place.LineInFile(DocumentLineOf(key));

    public string FieldOf(string key) => Path.Length == 0 ? key : key.Length == 0 ? Path : $"{Path}.{key}";

    /// <summary>Adds a problem with a key of this mapping ("" for the mapping itself).</summary>
    public void Problem(string key, string message, bool fatal = false) =>
        _place.Problem(DocumentLineOf(key), FieldOf(key), message, fatal);

    public void Warn(string key, string message) => _place.Warn(DocumentLineOf(key), FieldOf(key), message);

    /// <summary>Warns of keys other than these; daprd and the CLI pass over them in silence.</summary>
    public void Expect(params ReadOnlySpan<string> keys)
    {
        foreach (var key in _entries.Keys)
        {
            if (!keys.Contains(key))
            {
                var near = keys.ToArray().FirstOrDefault(known => known.Equals(key, StringComparison.OrdinalIgnoreCase));
                Warn(key, near is null ? "is not a known key and is ignored" : $"is not a known key and is ignored, did you mean {near}?");
            }
        }
    }

    /// <summary>A scalar as text; null when absent or null.</summary>
    public string? Text(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        if (_entries[key].Value is YamlScalarNode scalar)
        {
            return scalar.Value;
        }

        Problem(key, "is not text, expected a single value");
        return null;
    }

    /// <summary>A scalar that must be there and not be empty.</summary>
    public string? Required(string key, string expected)
    {
        if (!Has(key) || (_entries[key].Value is YamlScalarNode && Text(key) is ""))
        {
            Problem(key, $"is missing, expected {expected}");
            return null;
        }

        return Text(key);
    }

    public bool? Flag(string key)
    {
        var text = Text(key);
        switch (text?.ToLowerInvariant())
        {
            case null:
                return null;
            case "true" or "yes" or "on":
                return true;
            case "false" or "no" or "off":
                return false;
            default:
                Problem(key, $"\"{text}\" is not a boolean, expected true or false");
                return null;
        }
    }

    public int? Number(string key)
    {
        var text = Text(key);
        if (text is null)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        Problem(key, $"\"{text}\" is not a number, expected an integer");
        return null;
    }

    public TimeSpan? Duration(string key, bool bareMilliseconds = false)
    {
        var text = Text(key);
        if (text is null)
        {
            return null;
        }

        if (GoDuration.TryParse(text, out var duration, bareMilliseconds))
        {
            return duration;
        }

        Problem(key, $"\"{text}\" is not a duration, {GoDuration.Expected}");
        return null;
    }

    /// <summary>Any value as daprd keeps it: a scalar's text, anything else as JSON; null when absent or null.</summary>
    public string? Value(string key) => Has(key) ? YamlJson.TextOf(_entries[key].Value) : null;

    public YamlMap? Map(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        if (_entries[key].Value is YamlMappingNode node)
        {
            return new YamlMap(_place, node, FieldOf(key));
        }

        Problem(key, "is not a mapping, expected keys below it");
        return null;
    }

    /// <summary>The mappings below this one by key, such as policies by name.</summary>
    public IEnumerable<(string Key, YamlMap Map)> Maps()
    {
        foreach (var key in _entries.Keys)
        {
            if (Map(key) is { } map)
            {
                yield return (key, map);
            }
        }
    }

    /// <summary>The mappings of a list; entries of another kind are problems.</summary>
    public IReadOnlyList<YamlMap> List(string key)
    {
        var maps = new List<YamlMap>();
        foreach (var (item, index) in Items(key).Select((item, index) => (item, index)))
        {
            if (item is YamlMappingNode node)
            {
                maps.Add(new YamlMap(_place, node, $"{FieldOf(key)}[{index}]"));
            }
            else
            {
                _place.Problem(item.Start.Line, $"{FieldOf(key)}[{index}]", "is not a mapping, expected keys below it");
            }
        }

        return maps;
    }

    /// <summary>The scalars of a list; entries of another kind are problems.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        var texts = new List<string>();
        foreach (var (item, index) in Items(key).Select((item, index) => (item, index)))
        {
            if (item is YamlScalarNode { Value: { } text } && !IsNull(item))
            {
                texts.Add(text);
            }
            else
            {
                _place.Problem(item.Start.Line, $"{FieldOf(key)}[{index}]", "is not text, expected a single value");
            }
        }

        return texts;
    }

    private IEnumerable<YamlNode> Items(string key)
    {
        if (!Has(key))
        {
            return [];
        }

        if (_entries[key].Value is YamlSequenceNode sequence)
        {
            return sequence.Children;
        }

        Problem(key, "is not a list, expected items that begin with \"- \"");
        return [];
    }

    private void Take(YamlMappingNode node)
    {
        foreach (var (keyNode, value) in node.Children)
        {
            switch (keyNode, value)
            {
                case (YamlScalarNode { Value: "<<" }, YamlMappingNode merged):
                    Merge(merged);
                    break;
                case (YamlScalarNode { Value: "<<" }, YamlSequenceNode list):
                    list.Children.OfType<YamlMappingNode>().ToList().ForEach(Merge);
                    break;
                case (YamlScalarNode { Value: { } name } key, _):
                    _entries[name] = (key, value);
                    break;
                default:
                    _place.Problem(keyNode.Start.Line, Path, "has a key that is not text, expected a name");
                    break;
            }
        }
    }

    // A merge key (<<) fills in what the mapping itself does not say, wherever it stands.
    private void Merge(YamlMappingNode merged)
    {
        foreach (var (keyNode, value) in merged.Children)
        {
            if (keyNode is YamlScalarNode { Value: { } name } key)
            {
                _entries.TryAdd(name, (key, value));
            }
        }
    }

    private long DocumentLineOf(string key) => _entries.TryGetValue(key, out var entry) ? entry.Key.Start.Line : _line;

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };
}
