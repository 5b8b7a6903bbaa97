using System.Net;
using System.Net.Http.Json;
using DaprShop.Contracts;
using Microsoft.IdentityModel.Tokens;

namespace DaprShop.Services.Tests.Gateway;

public sealed class TokenTests(EdgeShop shop) : IClassFixture<EdgeShop>
{
    private const string Guarded = "/api/orders/1";

    private TokenIssuer Issuer => shop.Issuer;

    [Fact]
    public async Task A_token_of_identity_names_the_user_to_the_service()
    {
        using var answer = await shop.GetAsync(Guarded, Issuer.Staff("sue"));
        var heard = await EdgeShop.HeardAsync(answer);

        Assert.Equal(("sue", "customer,staff"), (heard.Headers["x-user-id"], heard.Headers["x-user-roles"]));
        Assert.DoesNotContain("authorization", heard.Headers.Keys);
    }

    [Fact]
    public async Task Without_a_token_nobody_gets_in_and_the_answer_says_how()
    {
        using var answer = await shop.GetAsync(Guarded, token: null);

        await AssertRefusedAsync(answer);
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("another key under a known name")]
    [InlineData("a key that nobody knows")]
    [InlineData("not signed")]
    [InlineData("signed with the public key as a secret")]
    [InlineData("for another audience")]
    [InlineData("of another issuer")]
    [InlineData("changed after it was signed")]
    [InlineData("not a token")]
    public async Task A_token_that_is_not_good_is_refused(string kind)
    {
        using var answer = await shop.GetAsync(Guarded, Bad(kind));

        await AssertRefusedAsync(answer);
    }

    [Fact]
    public async Task A_user_without_the_role_is_told_so()
    {
        using var customer = await shop.GetAsync("/api/analytics/events", Issuer.Customer("ann"));
        using var nobody = await shop.GetAsync(Guarded, Issuer.Sign("ann", roles: []));
        using var nameless = await shop.GetAsync(Guarded, Issuer.Sign(id: null, ["customer"]));

        Assert.Equal((HttpStatusCode.Forbidden, Problems.Forbidden), (customer.StatusCode, await CodeAsync(customer)));
        Assert.Equal(HttpStatusCode.Forbidden, nobody.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, nameless.StatusCode);
    }

    [Fact]
    public async Task Where_everybody_may_read_a_bad_token_is_nobody()
    {
        using var answer = await shop.GetAsync("/api/products", Bad("expired"));

        Assert.DoesNotContain("x-user-id", (await EdgeShop.HeardAsync(answer)).Headers.Keys);
    }

    [Fact]
    public async Task Without_identity_products_are_shown_and_the_rest_is_unavailable()
    {
        await using var alone = await Shop.StartAsync(AppIds.Gateway, AppIds.Catalog);
        alone.Started(await StandIn.EchoAsync(alone.Endpoint(AppIds.Catalog).AppPort));
        var gateway = alone.Run<DaprShop.Gateway.PublicRoute>(AppIds.Gateway);

        using var products = await EdgeShop.SendAsync(gateway, HttpMethod.Get, "/api/products", Issuer.Customer("ann"));
        using var orders = await EdgeShop.SendAsync(gateway, HttpMethod.Get, Guarded, Issuer.Customer("ann"));

        Assert.Equal(HttpStatusCode.OK, products.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, orders.StatusCode);
    }

    private string Bad(string kind) => kind switch
    {
        "expired" => Issuer.Sign("ann", ["customer"], endsIn: TimeSpan.FromMinutes(-1)),
        "another key under a known name" => Signed(TokenIssuer.NewKey(Issuer.Key.KeyId), SecurityAlgorithms.EcdsaSha256),
        "a key that nobody knows" => Signed(TokenIssuer.NewKey("unheard-of"), SecurityAlgorithms.EcdsaSha256),
        "not signed" => $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{Issuer.Staff().Split('.')[1]}.",
        "signed with the public key as a secret" => Signed(
            new SymmetricSecurityKey(Issuer.Key.ECDsa.ExportSubjectPublicKeyInfo()) { KeyId = Issuer.Key.KeyId }, SecurityAlgorithms.HmacSha256),
        "for another audience" => Issuer.Sign("ann", ["customer"], audience: "another-shop"),
        "of another issuer" => Issuer.Sign("ann", ["customer"], issuer: "another-identity"),
        "changed after it was signed" => string.Join('.', Swap(Issuer.Customer("ann").Split('.'), Issuer.Staff().Split('.')[1])),
        _ => "not.a.token",
    };

    private string Signed(SecurityKey key, string algorithm) =>
        Issuer.Sign("ann", ["customer", "staff"], credentials: new SigningCredentials(key, algorithm));

    private static string[] Swap(string[] token, string payload) => [token[0], payload, token[2]];

    private static async Task AssertRefusedAsync(HttpResponseMessage answer)
    {
        Assert.Equal((HttpStatusCode.Unauthorized, Problems.Unauthorized), (answer.StatusCode, await CodeAsync(answer)));
        Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
    }

    private static async Task<string> CodeAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<Problem>(ContractsJson.Options))!.Code;
}
