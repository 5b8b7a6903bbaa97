using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DaprShop.Sidecar.Resources.Yaml;

/// <summary>Splits a file into YAML documents and parses each by itself, so that a broken one does not take the others along.</summary>
internal static class YamlFile
{
    /// <summary>
    /// The documents that are mappings; empty ones are left out, broken ones become findings. <paramref name="tolerable"/>: the
    /// file's faults are of the kind that daprd logs and goes on.
    /// </summary>
    public static IReadOnlyList<YamlMap> Read(string path, string text, Findings findings, bool tolerable)
    {
        var documents = new List<YamlMap>();
        var index = 0;
        foreach (var (part, line) in Split(text))
        {
            var place = new YamlPlace(path, line, index++, tolerable, findings);
            if (Parse(part, place) is { } map)
            {
                documents.Add(map);
            }
        }

        return documents;
    }

    private static YamlMap? Parse(string text, YamlPlace place)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            switch (stream.Documents.FirstOrDefault()?.RootNode)
            {
                case null:
                case YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" }:
                    return null;
                case YamlMappingNode node:
                    return new YamlMap(place, node, "");
                case var other:
                    place.Problem(other.Start.Line, "", "is not a mapping, expected keys such as apiVersion and kind");
                    return null;
            }
        }
        catch (YamlException e)
        {
            // Messages of the parser begin with "(Line: …) - (Line: …): " in some cases; the line stands in front already.
            place.Problem(e.Start.Line, "", $"is not valid YAML: {e.Message.TrimEnd('.')}, expected a well-formed document");
            return null;
        }
    }

    private static IEnumerable<(string Text, int Line)> Split(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var start = 0;
        for (var i = 0; i <= lines.Length; i++)
        {
            if (i == lines.Length || lines[i].TrimEnd() is "---" || lines[i].StartsWith("--- ", StringComparison.Ordinal))
            {
                yield return (string.Join('\n', lines[start..i]), start);
                start = i + 1;
            }
        }
    }
}
