using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DaprShop.ServiceDefaults;

namespace DaprShop.Gateway;

/// <summary>Makes one OpenAPI document of those of the services: the public routes, each with its service's operation and the schemas in it.</summary>
public sealed partial class ApiMerge
{
    private const string SchemaPrefix = "#/components/schemas/";
    private const string Bearer = "bearer";

    private readonly JsonObject _paths = [];
    private readonly JsonObject _schemas = [];

    // What a service's schema is called here, by service and the service's own name for it.
    private readonly Dictionary<(string App, string Name), string> _names = [];

    private ApiMerge()
    {
    }

    public static JsonObject Of(IReadOnlyDictionary<string, JsonObject> parts)
    {
        var merge = new ApiMerge();
        foreach (var route in PublicRoutes.All)
        {
            merge.Add(route, parts.GetValueOrDefault(route.App));
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject { ["title"] = "DaprShop", ["version"] = "v1" },
            ["paths"] = merge._paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = merge._schemas,
                ["securitySchemes"] = new JsonObject
                {
                    [Bearer] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" },
                },
            },
        };
    }

    private void Add(PublicRoute route, JsonObject? part)
    {
        var shape = Parameter().Replace(route.TargetPath, "{}");
        var described = part?["paths"]?.AsObject().FirstOrDefault(path => Parameter().Replace(path.Key.TrimEnd('/'), "{}") == shape);
        var path = Named(route.Path, described?.Key ?? route.Path);
        foreach (var method in route.Methods.Split(' ').Select(method => method.ToLowerInvariant()))
        {
            var operation = described?.Value?[method]?.DeepClone().AsObject() ?? Bare(path);
            if (part is not null)
            {
                Import(operation, route.App, part);
            }

            Complete(operation, route);
            if (_paths[path] is not { } methods)
            {
                _paths[path] = methods = new JsonObject();
            }

            methods[method] = operation;
        }
    }

    // The public path with the names that the service has for its parameters.
    private static string Named(string path, string described)
    {
        var names = new Queue<string>(Parameter().Matches(described).Select(match => match.Value));
        return Parameter().Replace(path, own => names.TryDequeue(out var name) ? name : own.Value);
    }

    private static JsonObject Bare(string path) => new()
    {
        ["parameters"] = new JsonArray([.. Parameter().Matches(path).Select(match => new JsonObject
        {
            ["name"] = match.Value.Trim('{', '}'),
            ["in"] = "path",
            ["required"] = true,
            ["schema"] = new JsonObject { ["type"] = "string" },
        })]),
    };

    private static void Complete(JsonObject operation, PublicRoute route)
    {
        operation["tags"] = new JsonArray(route.App);
        if (operation["responses"] is not JsonObject responses)
        {
            operation["responses"] = responses = [];
            responses["default"] = new JsonObject { ["description"] = "See the service" };
        }

        if (route.Limit is not null)
        {
            responses["429"] = new JsonObject { ["description"] = "Too many requests; Retry-After says how many seconds to wait" };
        }

        if (route.Access == Access.Anyone)
        {
            return;
        }

        operation["security"] = new JsonArray(new JsonObject { [Bearer] = new JsonArray() });
        responses["401"] = new JsonObject { ["description"] = "The access token is missing, expired or not the shop's" };
        if (route.Access == Access.Staff)
        {
            operation["description"] = "For staff only.";
            responses["403"] = new JsonObject { ["description"] = $"The user has not the role {Caller.Staff}" };
        }
    }

    // Brings along the schemas that a node refers to, and those they refer to. Two services may mean different things by one name.
    private void Import(JsonNode? node, string app, JsonObject part)
    {
        switch (node)
        {
            case JsonObject fields:
                if (fields["$ref"]?.GetValue<string>() is { } reference && reference.StartsWith(SchemaPrefix, StringComparison.Ordinal))
                {
                    fields["$ref"] = SchemaPrefix + NameOf(reference[SchemaPrefix.Length..], app, part);
                }

                foreach (var (_, value) in fields.ToArray())
                {
                    Import(value, app, part);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Import(item, app, part);
                }

                break;
        }
    }

    private string NameOf(string name, string app, JsonObject part)
    {
        if (_names.TryGetValue((app, name), out var known))
        {
            return known;
        }

        // First with the service's own names, to compare it with another's of that name; references inside may then point elsewhere.
        var schema = part["components"]?["schemas"]?[name]?.DeepClone();
        var before = _schemas.Count;
        var isOthers = _schemas.ContainsKey(name);
        var here = isOthers ? $"{app}.{name}" : name;
        _names[(app, name)] = here;
        Import(schema, app, part);
        if (isOthers && before == _schemas.Count && JsonNode.DeepEquals(schema, _schemas[name]))
        {
            return _names[(app, name)] = name;
        }

        _schemas[here] = schema;
        return here;
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
