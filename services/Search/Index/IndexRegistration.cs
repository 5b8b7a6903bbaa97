using DaprShop.ServiceDefaults;

namespace DaprShop.Search.Index;

internal static class IndexRegistration
{
    public static void AddIndex(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(_ => new IndexFile(builder.DataFile("search.db")));
        builder.Services.AddSingleton<ProductQueries>();
        builder.Services.AddSingleton<Projection>();
        builder.Services.AddSingleton<IndexWriter>();
        builder.Services.AddHostedService(services => services.GetRequiredService<IndexWriter>());
    }
}
