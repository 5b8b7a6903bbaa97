using System.Text.Json;
using DaprShop.Contracts;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DaprShop.Services.Tests.Identity;

public sealed class SigningKeyTests
{
    private const string Ada = "ada@example.org";

    [Fact]
    public async Task A_token_says_who_the_user_is_and_the_key_set_proves_it()
    {
        await using var shop = await IdentityShop.StartAsync();
        var user = await shop.RegisterVerifiedAsync(Ada);
        var session = await shop.LogInAsync(Ada);

        var result = await CheckAsync(shop, session);

        Assert.True(result.IsValid, result.Exception?.Message);
        var token = (JsonWebToken)result.SecurityToken;
        Assert.Equal((user.Id, Ada, "Ada Lovelace", "ES256"), (token.Subject, token.GetClaim("email").Value, token.GetClaim("name").Value, token.Alg));
        Assert.Equal((JsonValueKind.Array, JsonValueKind.True), (PayloadOf(token, "role").ValueKind, PayloadOf(token, "verified").ValueKind));
        Assert.Equal(TimeSpan.FromMinutes(15), token.ValidTo - token.ValidFrom);
    }

    [Fact]
    public async Task A_token_that_was_changed_is_not_proved()
    {
        await using var shop = await IdentityShop.StartAsync();
        await shop.RegisterVerifiedAsync(Ada);
        var parts = (await shop.LogInAsync(Ada)).AccessToken.Split('.');

        var payload = Base64UrlEncoder.Decode(parts[1]).Replace("customer", "staff", StringComparison.Ordinal);
        var forged = $"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}";

        Assert.False((await CheckAsync(shop, new SessionResponse(forged, "Bearer", 0, ""))).IsValid);
    }

    [Fact]
    public async Task After_a_rotation_old_tokens_are_good_and_new_ones_have_another_key()
    {
        await using var shop = await IdentityShop.StartAsync();
        await shop.RegisterVerifiedAsync(Ada);
        var before = await shop.LogInAsync(Ada);

        using var rotated = await shop.Identity.SendAsync(HttpMethod.Post, "/keys/rotation", null, Callers.Staff);
        rotated.EnsureSuccessStatusCode();
        var after = await shop.LogInAsync(Ada);

        Assert.True((await CheckAsync(shop, before)).IsValid);
        Assert.True((await CheckAsync(shop, after)).IsValid);
        Assert.NotEqual(KeyOf(before), KeyOf(after));
        Assert.Equal([KeyOf(after), KeyOf(before)], (await KeySetAsync(shop)).Keys.Select(key => key.Kid));
    }

    [Fact]
    public async Task Only_staff_rotates()
    {
        await using var shop = await IdentityShop.StartAsync();
        var before = await KeySetAsync(shop);

        var refused = await shop.Identity.As(Callers.Nobody).RefusedAsync("/keys/rotation");

        Assert.Equal((403, Problems.Forbidden), (refused.Status, refused.Code));
        Assert.Equal(before.Keys, (await KeySetAsync(shop)).Keys);
    }

    [Fact]
    public async Task A_key_that_has_signed_for_its_lifetime_is_replaced()
    {
        await using var shop = await IdentityShop.StartAsync(("Identity:SigningKeyLifetime", "00:00:00"), ("Identity:SigningKeyRefresh", "00:00:00"));
        await shop.RegisterVerifiedAsync(Ada);

        var (first, second) = (await shop.LogInAsync(Ada), await shop.LogInAsync(Ada));

        Assert.NotEqual(KeyOf(first), KeyOf(second));
        Assert.True((await CheckAsync(shop, first)).IsValid);
    }

    [Fact]
    public async Task Two_replicas_that_start_at_once_share_the_keys()
    {
        await using var shop = await IdentityShop.StartAsync();
        var other = shop.Shop.Run<DaprShop.Identity.Domain.User>(AppIds.Identity);

        var sets = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            (i % 2 == 0 ? shop.Identity : other).GetAsync<KeySetResponse>($"/{Tokens.KeySetPath}")));

        Assert.Single(sets.SelectMany(set => set.Keys).Select(key => key.Kid).Distinct());
    }

    [Fact]
    public async Task No_private_key_leaves_or_lies_open_in_the_store()
    {
        await using var shop = await IdentityShop.StartAsync();
        var published = await shop.Identity.Http.GetStringAsync($"/{Tokens.KeySetPath}");
        var ring = JsonDocument.Parse((await StoredTexts.ReadAsync(shop.Shop, "signing-keys")).Single()).RootElement.GetProperty("keys")[0];

        Assert.DoesNotContain("\"d\"", published, StringComparison.Ordinal);
        Assert.DoesNotContain(ring.GetProperty("encryptedPrivateKey").GetString()!, published, StringComparison.Ordinal);

        // An unencrypted PKCS#8 key of this curve names it by its object id.
        byte[] p256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
        Assert.Equal(-1, ring.GetProperty("encryptedPrivateKey").GetBytesFromBase64().AsSpan().IndexOf(p256));
    }

    private static async Task<KeySetResponse> KeySetAsync(IdentityShop shop) => await shop.Identity.GetAsync<KeySetResponse>($"/{Tokens.KeySetPath}");

    // As the gateway does, by what is published alone.
    private static async Task<TokenValidationResult> CheckAsync(IdentityShop shop, SessionResponse session)
    {
        var keys = new JsonWebKeySet(await shop.Identity.Http.GetStringAsync($"/{Tokens.KeySetPath}"));
        return await new JsonWebTokenHandler().ValidateTokenAsync(session.AccessToken, new TokenValidationParameters
        {
            ValidIssuer = Tokens.Issuer,
            ValidAudience = Tokens.Audience,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            IssuerSigningKeys = keys.GetSigningKeys(),
        });
    }

    private static string KeyOf(SessionResponse session) => new JsonWebToken(session.AccessToken).Kid;

    private static JsonElement PayloadOf(JsonWebToken token, string claim) =>
        JsonDocument.Parse(Base64UrlEncoder.Decode(token.EncodedPayload)).RootElement.GetProperty(claim);
}
