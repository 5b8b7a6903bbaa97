namespace DaprShop.Sidecar.Grpc;

/// <summary>The API names that a Configuration's api rules use for gRPC methods.</summary>
internal static class GrpcApis
{
    private const string Prefix = $"/{DaprService.Name}/";

    // Looked for in the method's name, in this order: actor state is an actor method, a workflow's state none of state's.
    private static readonly (string Part, string Api)[] Parts =
    [
        ("Actor", "actors"), ("Workflow", "workflows"), ("Configuration", "configuration"), ("Secret", "secrets"),
        ("State", "state"), ("Publish", "publish"), ("TopicEvents", "subscribe"), ("InvokeService", "invoke"),
        ("Binding", "bindings"), ("TryLock", "lock"), ("Unlock", "unlock"), ("Metadata", "metadata"), ("Shutdown", "shutdown"),
        ("Job", "jobs"), ("Crypt", "crypto"), ("Subtle", "crypto"), ("Converse", "conversation"),
    ];

    /// <summary>Name and version (v1 or v1alpha1, …) of the API a path belongs to; null when it is not Dapr's own service.</summary>
    public static (string Name, string Version)? Of(string path)
    {
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var method = path[Prefix.Length..];
        var version = method.EndsWith("Alpha1", StringComparison.Ordinal) ? "v1alpha1"
            : method.EndsWith("Beta1", StringComparison.Ordinal) ? "v1beta1"
            : "v1";
        var api = Parts.FirstOrDefault(part => method.Contains(part.Part, StringComparison.Ordinal)).Api;
        return api is null ? null : (api, version);
    }
}
