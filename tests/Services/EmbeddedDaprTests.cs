using System.Net.Http.Json;
using DaprShop.Catalog.Domain;
using DaprShop.Contracts;
using DaprShop.Sidecar;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace DaprShop.Services.Tests;

/// <summary>A service under test as sidecar/Runtime/README.md tells its users to do it.</summary>
public sealed class EmbeddedDaprTests
{
    [Fact]
    public async Task A_WebApplicationFactory_and_a_folder_of_components_are_all_that_a_service_needs()
    {
        await using var dapr = await EmbeddedDapr.StartAsync(EmbeddedApp.FromFolder(AppIds.Catalog, Path.Combine(Repository.Root, "components")));
        await using var factory = new WebApplicationFactory<Product>()
            .WithWebHostBuilder(web => web.UseDapr(dapr[AppIds.Catalog]).UseSetting("SEED", "false"));
        factory.UseKestrel();
        factory.StartServer();
        await dapr.WaitUntilReadyAsync();

        using var sidecar = new HttpClient { BaseAddress = dapr[AppIds.Catalog].HttpEndpoint };
        foreach (var (name, value) in Callers.Staff)
        {
            sidecar.DefaultRequestHeaders.Add(name, value);
        }

        var created = new CreateProduct("mug", "A mug", new MoneyAmount(7.5m, "GBP"));
        using var answer = await sidecar.PostAsJsonAsync($"/v1.0/invoke/{AppIds.Catalog}/method/products", created, ContractsJson.Options);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());

        var product = await sidecar.GetFromJsonAsync<ProductResponse>($"/v1.0/invoke/{AppIds.Catalog}/method/products/mug", ContractsJson.Options);
        Assert.Equal((created.Name, created.Price), (product!.Name, product.Price));
    }
}
