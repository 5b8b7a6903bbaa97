using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using DaprShop.Sidecar.Invocation;
using DaprShop.Sidecar.Resiliency;

namespace DaprShop.Sidecar.Configuration;

/// <summary>
/// Calls an app back with the changes of its subscriptions, one after another for each. A change that the app does not take
/// under the store's inbound policy is logged and lost, as in Dapr: the next one carries the value of then.
/// </summary>
internal sealed partial class ConfigurationDelivery(Sidecar sidecar)
{
    private readonly ILogger _logger = sidecar.Shared.Loggers.CreateLogger("dapr.runtime.configuration");
    private readonly ConcurrentDictionary<Task, bool> _running = new();

    /// <summary>Delivers until the subscription ends.</summary>
    public void Start(ConfigurationSubscription subscription)
    {
        var running = Task.Run(() => RunAsync(subscription));
        _running.TryAdd(running, true);
        running.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
    }

    /// <summary>Completes when no delivery is under way; the subscriptions must have ended.</summary>
    public Task WhenDoneAsync() => Task.WhenAll(_running.Keys);

    private async Task RunAsync(ConfigurationSubscription subscription)
    {
        var policy = sidecar.Policies.ForComponentInbound(subscription.Store, "configuration");
        var stopping = sidecar.Lifetime.Stopping;
        try
        {
            await foreach (var item in subscription.ReadAllAsync(stopping).ConfigureAwait(false))
            {
                await DeliverAsync(policy, subscription, item, stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The sidecar stops.
        }
    }

    private async Task DeliverAsync(
        ResiliencyPolicy policy, ConfigurationSubscription subscription, ConfigurationItem item, CancellationToken cancellationToken)
    {
        try
        {
            var status = await policy
                .ExecuteAsync(token => PostAsync(subscription, item, token), status => status == 200 ? null : Math.Max(status, 400), cancellationToken)
                .ConfigureAwait(false);
            if (status != (int)HttpStatusCode.OK)
            {
                LogLost(sidecar.AppId, subscription.Store, item.Key, $"the app answered {status}");
            }
        }
        catch (Exception e) when (e is AppUnreachableException or HttpRequestException or TimeoutException or CircuitOpenException)
        {
            LogLost(sidecar.AppId, subscription.Store, item.Key, e.Message);
        }
    }

    private async Task<int> PostAsync(ConfigurationSubscription subscription, ConfigurationItem item, CancellationToken cancellationToken)
    {
        var path = $"/configuration/{Uri.EscapeDataString(subscription.Store)}/{Uri.EscapeDataString(item.Key)}";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
        {
            Content = new ByteArrayContent(ConfigurationJson.Change(subscription.Id, item)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await sidecar.App.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return (int)response.StatusCode;
    }

    [LoggerMessage(LogLevel.Error, "{AppId}: a change of configuration store {Store}, key {Key} did not reach the app: {Reason}")]
    private partial void LogLost(string appId, string store, string key, string reason);
}
