using System.Text.Json.Nodes;
using DaprShop.Contracts;
using PuppeteerSharp;

namespace DaprShop.EndToEnd.Tests;

/// <summary>The gateway's pages, in a real browser. What they looked like at the end is in <c>artifacts/screenshots</c>.</summary>
[Collection(OpenShopCollection.Name)]
public sealed class WebPageTests(OpenShop open)
{
    private static readonly WaitForSelectorOptions s_patience = new() { Timeout = 90_000 };
    private readonly Uri _gateway = open.Process.RunFile.App(AppIds.Gateway);

    [FactWhereChromiumIs]
    public Task A_customer_sees_the_parcel_move_and_after_a_broken_connection_nothing_is_lost_or_there_twice() => VisitAsync("tracking", async page =>
    {
        using var customer = await Shopper.CustomerAsync(_gateway);
        var sku = await open.Shopper.StockAsync(units: 5);
        var order = await customer.PlaceAsync(Shopper.Order(customer: null!, sku, quantity: 2));
        await LogInAsync(page, "Demo-Pass-1");

        await page.TypeAsync("#order", order.Id);
        await page.ClickAsync("#find .row button");
        await page.WaitForSelectorAsync("#connection[data-state=live]", s_patience);
        await page.WaitForSelectorAsync("#stops li[value='2']", s_patience);

        using (open.Process.Kill(AppIds.Tracking))
        {
            await page.WaitForSelectorAsync("#connection[data-state=reconnecting]", s_patience);
            var shown = await StopsAsync(page);
            await Eventually.HoldsAsync(
                async () => (await open.Shopper.ShipmentAsync(order.Id))!.Moves!.Count > shown.Length, TimeSpan.FromSeconds(60), () => "The parcel does not move");
            Assert.Equal(shown, await StopsAsync(page));
        }

        await page.WaitForSelectorAsync("#stops .note", s_patience);
        await page.WaitForSelectorAsync("#connection[data-state=over]", s_patience);
        var stops = (await open.Shopper.ShipmentAsync(order.Id))!.Moves!.Select(move => move.OrderSequence);
        Assert.Equal(stops, await StopsAsync(page));
        Assert.Equal("Delivered", await TextAsync(page, "#steps [aria-current=step]"));
    });

    [FactWhereChromiumIs]
    public Task What_is_wrong_is_said_in_words() => VisitAsync("tracking-errors", async page =>
    {
        await LogInAsync(page, "not-the-password");
        await SaysAsync(page, "The e-mail address or the password is wrong");

        await LogInAsync(page, "Demo-Pass-1");
        await page.TypeAsync("#order", "no-such-order");
        await page.ClickAsync("#find .row button");
        await SaysAsync(page, "You have no order with this number");
    });

    [FactWhereChromiumIs]
    public Task The_API_is_shown_whole_and_can_be_tried() => VisitAsync("docs", "/docs", async page =>
    {
        var paths = (await open.Shopper.GetAsync<JsonObject>("/openapi.json"))["paths"]!.AsObject();
        await page.WaitForSelectorAsync(".opblock", s_patience);
        Assert.Equal(paths.Sum(path => path.Value!.AsObject().Count), (await page.QuerySelectorAllAsync(".opblock")).Length);

        await page.ClickAsync("#operations-catalog-get_api_products .opblock-summary");
        await (await page.WaitForSelectorAsync(".try-out__btn", s_patience)).ClickAsync();
        await (await page.WaitForSelectorAsync(".execute", s_patience)).ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('.live-responses-table .response .response-col_status')?.textContent.startsWith('200')");
    });

    private Task VisitAsync(string name, Func<IPage, Task> visit) => VisitAsync(name, "/track", visit);

    private async Task VisitAsync(string name, string path, Func<IPage, Task> visit)
    {
        var complaints = new List<string>();
        await using var browser = await Chromium.StartAsync();
        await using var page = await browser.NewPageAsync();
        page.DefaultTimeout = page.DefaultNavigationTimeout = s_patience.Timeout!.Value;
        page.PageError += (_, error) => complaints.Add(error.Message);
        page.Console += (_, line) => complaints.AddRange(line.Message.Text.Contains("Content Security Policy", StringComparison.Ordinal) ? [line.Message.Text] : []);
        await page.GoToAsync(new Uri(_gateway, path).ToString());
        try
        {
            await visit(page);
        }
        finally
        {
            var file = Path.Combine(RunFile.Repository, "artifacts", "screenshots", $"{name}.png");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await page.ScreenshotAsync(file);
        }

        Assert.Empty(complaints);
    }

    private static async Task LogInAsync(IPage page, string password)
    {
        await page.EvaluateExpressionAsync("document.getElementById('login').reset()");
        await page.TypeAsync("#email", "demo@daprshop.example");
        await page.TypeAsync("#password", password);
        await page.ClickAsync("#login button");
        await page.WaitForFunctionAsync("() => !document.querySelector('#login button').disabled");
    }

    private static async Task SaysAsync(IPage page, string text) => await page.WaitForFunctionAsync(
        "text => document.querySelector('[role=alert]').textContent.includes(text)", new WaitForFunctionOptions { Timeout = s_patience.Timeout }, text);

    // In the order in which they were made: the page shows the last one first.
    private static async Task<int[]> StopsAsync(IPage page) =>
        await page.EvaluateExpressionAsync<int[]>("[...document.querySelectorAll('#stops li:not(.note)')].map(stop => stop.value).reverse()");

    private static Task<string> TextAsync(IPage page, string selector) =>
        page.EvaluateFunctionAsync<string>("selector => document.querySelector(selector).textContent", selector);
}
