using System.Net;
using System.Net.Http.Json;
using DaprShop.Catalog.Domain;
using DaprShop.Contracts;
using DaprShop.ServiceDefaults;

namespace DaprShop.Services.Tests.Catalog;

public sealed class CatalogCommandTests : IAsyncLifetime
{
    private Shop _shop = null!;
    private RunningService _catalog = null!;

    public async Task InitializeAsync()
    {
        _shop = await Shop.StartAsync(AppIds.Catalog);
        _catalog = _shop.Run<Product>(AppIds.Catalog);
        await _catalog.PostAsync<ProductResponse>("/products", new CreateProduct("mug", "A mug", Pounds(7.5m), "Kitchen", "Blue"));
    }

    public Task DisposeAsync() => _shop.DisposeAsync().AsTask();

    [Fact]
    public async Task A_changed_price_is_the_price()
    {
        using var changed = await ChangePriceAsync("mug", 8);

        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Equal(
            new ProductResponse("mug", "A mug", Pounds(8), false, "Kitchen", "Blue", 2), await _catalog.GetAsync<ProductResponse>("/products/mug"));
    }

    [Fact]
    public async Task Of_two_who_change_the_version_they_have_seen_one_hears_of_the_other()
    {
        using var seen = await _catalog.Http.GetAsync("/products/mug");
        var version = seen.Headers.ETag!.ToString();

        using var first = await ChangePriceAsync("mug", 8, ("If-Match", version));
        using var second = await ChangePriceAsync("mug", 9, ("If-Match", version));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (first.StatusCode, second.StatusCode));
        Assert.Equal(Problems.VersionConflict, (await second.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!.Code);
        Assert.Equal(Pounds(8), (await _catalog.GetAsync<ProductResponse>("/products/mug")).Price);
    }

    [Fact]
    public async Task Changes_at_the_same_time_are_all_made_one_after_the_other()
    {
        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(price => ChangePriceAsync("mug", price)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(9, (await _catalog.GetAsync<ProductResponse>("/products/mug")).Version);
    }

    [Fact]
    public async Task A_discontinued_product_is_still_there_and_its_price_is_final()
    {
        for (var time = 0; time < 2; time++)
        {
            Assert.True((await _catalog.PostAsync<ProductResponse>("/products/mug/discontinuation")).Discontinued);
        }

        using var changed = await ChangePriceAsync("mug", 8);

        Assert.Equal(HttpStatusCode.Conflict, changed.StatusCode);
        Assert.Equal(Problems.ProductDiscontinued, (await changed.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!.Code);
        Assert.True((await _catalog.GetAsync<ProductResponse>("/products/mug")).Discontinued);
    }

    [Theory]
    [InlineData("{}", "", "price")]
    [InlineData("{\"price\":{\"amount\":0,\"currency\":\"GBP\"}}", "", "price.amount")]
    [InlineData("{\"price\":{\"amount\":1,\"currency\":\"EUR\"}}", "", "price.currency")]
    [InlineData("{\"price\":{\"amount\":1,\"currency\":\"GBP\"}}", "\"x\"", "If-Match")]
    public async Task A_bad_price_is_refused_by_its_field(string json, string ifMatch, string field)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/products/mug/price")
        {
            Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json"),
        };
        if (ifMatch.Length > 0)
        {
            request.Headers.Add("If-Match", ifMatch);
        }

        using var refused = await _catalog.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(field, Assert.Single((await refused.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!.Errors!).Key);
        Assert.Equal(1, (await _catalog.GetAsync<ProductResponse>("/products/mug")).Version);
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_changed()
    {
        using var changed = await ChangePriceAsync("none", 8);
        var discontinued = await _catalog.RefusedAsync("/products/none/discontinuation");
        using var reviewed = await ReviewAsync("none", new ReviewProduct(5), "c1");

        Assert.Equal((HttpStatusCode.NotFound, 404, HttpStatusCode.NotFound), (changed.StatusCode, discontinued.Status, reviewed.StatusCode));
    }

    [Fact]
    public async Task A_customer_has_one_review_of_a_product_the_last()
    {
        using var first = await ReviewAsync("mug", new ReviewProduct(2, "leaks"), "c1");
        using var second = await ReviewAsync("mug", new ReviewProduct(5, "does not"), "c1");
        await Task.WhenAll(Enumerable.Range(2, 20).Select(i => ReviewAsync("mug", new ReviewProduct(4), $"c{i}")));

        var reviews = Assert.Single((await _catalog.GetAsync<Page<ProductReviews>>("/reviews")).Items);
        Assert.Equal(("mug", 21), (reviews.Sku, reviews.Reviews.Count));
        var theirs = Assert.Single(reviews.Reviews, review => review.CustomerId == "c1");
        Assert.Equal((5, "does not", 2L), (theirs.Rating, theirs.Text, theirs.Version));
    }

    [Fact]
    public async Task A_review_is_by_whoever_is_signed_in_not_by_whom_the_body_names()
    {
        await using var anonymous = _catalog.As(Callers.Nobody);
        await using var operators = _catalog.As(Callers.Staff);
        using var nobody = await anonymous.SendAsync(HttpMethod.Post, "/products/mug/reviews", new ReviewProduct(1, CustomerId: "c2"));
        using var other = await ReviewAsync("mug", new ReviewProduct(1, CustomerId: "c2"), "c1");
        using var staff = await operators.SendAsync(HttpMethod.Post, "/products/mug/reviews", new ReviewProduct(1, CustomerId: "c3"));

        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.Equal("c1", (await other.Content.ReadFromJsonAsync<ReviewResponse>(ContractsJson.Options))!.CustomerId);
        Assert.Equal("c3", (await staff.Content.ReadFromJsonAsync<ReviewResponse>(ContractsJson.Options))!.CustomerId);
    }

    [Theory]
    [InlineData(0, 0, "rating")]
    [InlineData(6, 0, "rating")]
    [InlineData(3, 1_001, "text")]
    public async Task A_bad_review_is_refused_by_its_field(int rating, int textLength, string field)
    {
        using var refused = await ReviewAsync("mug", new ReviewProduct(rating, new string('x', textLength)), "c1");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(field, Assert.Single((await refused.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!.Errors!).Key);
        Assert.Empty((await _catalog.GetAsync<Page<ProductReviews>>("/reviews")).Items);
    }

    private static MoneyAmount Pounds(decimal amount) => new(amount, "GBP");

    private Task<HttpResponseMessage> ChangePriceAsync(string sku, decimal price, params (string Name, string Value)[] headers) =>
        _catalog.SendAsync(HttpMethod.Put, $"/products/{sku}/price", new ChangePrice(Pounds(price)), headers);

    private async Task<HttpResponseMessage> ReviewAsync(string sku, ReviewProduct review, string customerId)
    {
        await using var customer = _catalog.As(Callers.Customer(customerId));
        return await customer.SendAsync(HttpMethod.Post, $"/products/{sku}/reviews", review);
    }
}
