using Microsoft.AspNetCore.Builder;

namespace DaprShop.ServiceDefaults;

/// <summary>Files of a service's own, apart from its sidecar's stores.</summary>
public static class DataFiles
{
    /// <summary>The full path of a file in DATA_DIR; without that, in <c>.dapr</c> at the root of the repository, where the local hosts keep theirs.</summary>
    public static string DataFile(this WebApplicationBuilder builder, string name) => Path.GetFullPath(Path.Combine(
        builder.Configuration["DATA_DIR"] is { Length: > 0 } directory ? directory : Path.Combine(builder.Environment.ContentRootPath, "../../.dapr"),
        name));
}
