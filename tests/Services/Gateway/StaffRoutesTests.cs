using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using DaprShop.Contracts;
using DaprShop.Gateway;
using DaprShop.Services.Tests.Orders;

namespace DaprShop.Services.Tests.Gateway;

/// <summary>What the gateway keeps for staff, its service keeps for staff, too.</summary>
[Collection(nameof(SharedOrdersShop))]
public sealed partial class StaffRoutesTests(OrdersShop shop)
{
    // But for the outside system, which knows no users, and for the service in Node.js, which is not run here.
    public static TheoryData<string> Routes =>
    [
        .. from route in PublicRoutes.All
           where route.Access == Access.Staff && route.App is not (PublicRoutes.CardProvider or AppIds.Notifications)
           from method in route.Methods.Split(' ')
           select $"{method} {route.App} {route.TargetPath}",
    ];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_customer_whom_the_gateway_let_in_by_mistake_is_refused(string route)
    {
        var words = route.Split(' ');
        var (method, app, path) = (words[0], words[1], words[2]);

        // What the route is about is the customer's own, where it could be.
        var customer = Guid.NewGuid().ToString();
        using var service = shop.ServiceOf(app);
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), Parameter().Replace(path, customer));
        request.Content = method == "GET" ? null : JsonContent.Create(new { });
        foreach (var (name, value) in Callers.Customer(customer))
        {
            request.Headers.Add(name, value);
        }

        using var answer = await service.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(Problems.Forbidden, (await answer.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!.Code);
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();
}
