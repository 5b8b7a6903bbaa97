using System.Text.Json;
using System.Text.Json.Serialization;

namespace DaprShop.Contracts;

/// <summary>How everything on the shop's wire is written: camelCase, enums by name, absent for null.</summary>
public static class ContractsJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new JsonStringEnumConverter());
        return options;
    }
}
