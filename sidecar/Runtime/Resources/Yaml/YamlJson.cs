using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DaprShop.Sidecar.Resources.Yaml;

/// <summary>YAML values as the JSON that daprd turns them into.</summary>
internal static class YamlJson
{
    /// <summary>A scalar's own text (booleans in lower case), any other node as JSON.</summary>
    public static string TextOf(YamlNode node) => node switch
    {
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "True" or "TRUE" } => "true",
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "False" or "FALSE" } => "false",
        YamlScalarNode scalar => scalar.Value ?? "",
        _ => JsonOf(node)?.ToJsonString() ?? "null",
    };

    private static JsonNode? JsonOf(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create(TextOf(child.Key), JsonOf(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(JsonOf)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static JsonValue? Plain(string? text) => text switch
    {
        null or "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
