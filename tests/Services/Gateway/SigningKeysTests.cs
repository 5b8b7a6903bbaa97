using System.Net;
using System.Net.Http.Json;
using DaprShop.Contracts;
using DaprShop.Gateway;
using DaprShop.ServiceDefaults;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DaprShop.Services.Tests.Gateway;

public sealed class SigningKeysTests : IDisposable
{
    private readonly TokenIssuer _issuer = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Identity _identity;
    private readonly SigningKeys _keys;

    public SigningKeysTests()
    {
        _identity = new Identity(_issuer);
        _keys = new SigningKeys(
            new ServiceClient(AppIds.Identity, new HttpClient(_identity) { BaseAddress = new Uri("http://identity") }), _time, NullLogger<SigningKeys>.Instance);
    }

    [Fact]
    public async Task Keys_are_fetched_once_for_many_tokens()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PrepareAsync("key-1")));

        Assert.Single(_keys.Find("key-1"));
        Assert.Equal(1, _identity.Asked);
    }

    [Fact]
    public async Task A_new_key_is_fetched_when_a_token_names_it_and_unknown_ones_do_not_make_a_storm()
    {
        await PrepareAsync("key-1");
        _issuer.Rotate();

        await PrepareAsync("key-2");
        Assert.Empty(_keys.Find("key-2"));

        _time.Advance(SigningKeys.Floor);
        await PrepareAsync("key-2");
        Assert.Single(_keys.Find("key-2"));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PrepareAsync($"made-up-{i}")));
        Assert.Equal(2, _identity.Asked);
    }

    [Fact]
    public async Task The_last_keys_go_on_while_identity_is_down()
    {
        await PrepareAsync("key-1");
        _identity.IsDown = true;
        _time.Advance(SigningKeys.Lifetime + SigningKeys.Floor);

        await PrepareAsync("key-1");
        await PrepareAsync("another");

        Assert.Single(_keys.Find("key-1"));
    }

    [Fact]
    public async Task A_withdrawn_key_ends_when_the_keys_are_fetched_again()
    {
        await PrepareAsync("key-1");
        _issuer.Rotate();
        _issuer.Withdraw();
        _time.Advance(SigningKeys.Lifetime + SigningKeys.Floor);

        await PrepareAsync("key-1");

        await Eventually.TrueAsync(() => Task.FromResult(!_keys.Find("key-1").Any()));
    }

    [Fact]
    public async Task Without_any_key_nobody_can_be_told()
    {
        _identity.IsDown = true;

        await Assert.ThrowsAsync<DependencyUnavailableException>(() => PrepareAsync("key-1"));
        await Assert.ThrowsAsync<DependencyUnavailableException>(() => PrepareAsync("key-1"));
        Assert.Equal(1, _identity.Asked);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _identity.Dispose();
    }

    private Task PrepareAsync(string keyId) => _keys.PrepareAsync(keyId, CancellationToken.None);

    private sealed class Identity(TokenIssuer issuer) : HttpMessageHandler
    {
        private int _asked;

        public int Asked => _asked;

        public bool IsDown { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return Task.FromResult(IsDown
                ? new HttpResponseMessage(HttpStatusCode.InternalServerError)
                : new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(issuer.KeySet, options: ContractsJson.Options) });
        }
    }
}
