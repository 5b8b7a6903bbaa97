using System.Net;
using DaprShop.Contracts;
using DaprShop.Gateway;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DaprShop.Services.Tests.Gateway;

public sealed class StaleAnswerTests
{
    [Fact]
    public async Task While_the_catalogue_is_down_its_last_answers_are_given_and_marked()
    {
        await using var shop = await Shop.StartAsync(AppIds.Gateway, AppIds.Catalog);
        var gateway = shop.Run<PublicRoute>(AppIds.Gateway);
        string fresh;
        await using (await StandIn.EchoAsync(shop.Endpoint(AppIds.Catalog).AppPort))
        {
            await shop.WaitForSubscriptionsOfAsync(AppIds.Catalog);
            using var answer = await gateway.Http.GetAsync("/api/products?limit=3");
            fresh = await answer.Content.ReadAsStringAsync();
            Assert.False(answer.Headers.Contains("X-Cache"));
        }

        using var old = await gateway.Http.GetAsync("/api/products?limit=3");
        using var unknown = await gateway.Http.GetAsync("/api/products?limit=4");

        Assert.Equal((HttpStatusCode.OK, fresh), (old.StatusCode, await old.Content.ReadAsStringAsync()));
        Assert.Equal("application/json", old.Content.Headers.ContentType?.MediaType);
        Assert.Equal("stale", Assert.Single(old.Headers.GetValues("X-Cache")));
        Assert.NotNull(old.Headers.Age);
        Assert.Equal(110, Assert.Single(old.Headers.Warning).Code);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.StatusCode);
        Assert.NotNull(unknown.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_catalogue_that_fails_is_as_one_that_is_down_but_its_refusals_are_its_own()
    {
        await using var shop = await Shop.StartAsync(AppIds.Gateway, AppIds.Catalog);
        var gateway = shop.Run<PublicRoute>(AppIds.Gateway);
        var status = StatusCodes.Status200OK;
        await using var catalog = await StandIn.StartAsync(shop.Endpoint(AppIds.Catalog).AppPort, app => app.MapGet(
            "/products", () => status == StatusCodes.Status200OK ? Results.Json("all") : Results.Problem("no", statusCode: status)));
        await shop.WaitForSubscriptionsOfAsync(AppIds.Catalog);
        using var fresh = await gateway.Http.GetAsync("/api/products");

        status = StatusCodes.Status500InternalServerError;
        using var failed = await gateway.Http.GetAsync("/api/products");
        status = StatusCodes.Status400BadRequest;
        using var refused = await gateway.Http.GetAsync("/api/products");

        Assert.Equal((HttpStatusCode.OK, "\"all\""), (failed.StatusCode, await failed.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task Long_answers_and_many_answers_do_not_fill_the_memory()
    {
        await using var shop = await Shop.StartAsync(AppIds.Gateway, AppIds.Catalog);
        var gateway = shop.Run<PublicRoute>(AppIds.Gateway, ("RateLimits:Product", "1000"));
        var fails = false;
        IResult Answer(int length) => fails ? Results.StatusCode(StatusCodes.Status500InternalServerError) : Results.Bytes(new byte[length]);
        await using var catalog = await StandIn.StartAsync(shop.Endpoint(AppIds.Catalog).AppPort, app =>
        {
            app.MapGet("/products", () => Answer(StaleAnswers.MaxAnswer + 1));
            app.MapGet("/products/{sku}", () => Answer(StaleAnswers.MaxAnswer));
        });
        await shop.WaitForSubscriptionsOfAsync(AppIds.Catalog);
        string[] paths = [.. Enumerable.Range(0, (int)(StaleAnswers.MaxSize / StaleAnswers.MaxAnswer) + 6).Select(i => $"/api/products/p-{i}"), "/api/products"];

        async Task<int> SuccessesAsync()
        {
            var count = 0;
            foreach (var path in paths)
            {
                using var answer = await gateway.Http.GetAsync(path);
                count += answer.IsSuccessStatusCode ? 1 : 0;
            }

            return count;
        }

        Assert.Equal(paths.Length, await SuccessesAsync());
        fails = true;
        Assert.InRange(await SuccessesAsync(), 1, StaleAnswers.MaxSize / StaleAnswers.MaxAnswer);
        using var tooLong = await gateway.Http.GetAsync("/api/products");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, tooLong.StatusCode);
    }
}
