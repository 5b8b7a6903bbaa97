namespace DaprShop.Search.Index;

/// <summary>The index is where SEARCH_DB says, or in <c>.dapr/search.db</c> at the root of the repository.</summary>
internal static class IndexRegistration
{
    public static void AddIndex(this WebApplicationBuilder builder)
    {
        var path = builder.Configuration["SEARCH_DB"] is { Length: > 0 } configured
            ? configured
            : Path.Combine(builder.Environment.ContentRootPath, "../../.dapr/search.db");
        builder.Services.AddSingleton(_ => new IndexFile(Path.GetFullPath(path)));
        builder.Services.AddSingleton<ProductQueries>();
        builder.Services.AddSingleton<Projection>();
        builder.Services.AddSingleton<IndexWriter>();
        builder.Services.AddHostedService(services => services.GetRequiredService<IndexWriter>());
    }
}
