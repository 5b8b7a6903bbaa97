using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Configuration;
using Grpc.Core;
using Item = Dapr.Client.Autogen.Grpc.v1.ConfigurationItem;

namespace DaprShop.Sidecar.Grpc;

internal static partial class DaprService
{
    private static void BindConfiguration(Binder b)
    {
        b.Unary<GetConfigurationRequest, GetConfigurationResponse>("GetConfiguration", GetConfiguration);
        b.Unary<GetConfigurationRequest, GetConfigurationResponse>("GetConfigurationAlpha1", GetConfiguration);
        b.ServerStreaming<SubscribeConfigurationRequest, SubscribeConfigurationResponse>("SubscribeConfiguration", SubscribeConfiguration);
        b.ServerStreaming<SubscribeConfigurationRequest, SubscribeConfigurationResponse>("SubscribeConfigurationAlpha1", SubscribeConfiguration);
        b.Unary<UnsubscribeConfigurationRequest, UnsubscribeConfigurationResponse>("UnsubscribeConfiguration", UnsubscribeConfiguration);
        b.Unary<UnsubscribeConfigurationRequest, UnsubscribeConfigurationResponse>("UnsubscribeConfigurationAlpha1", UnsubscribeConfiguration);
    }

    private static async Task<GetConfigurationResponse> GetConfiguration(GetConfigurationRequest request, ServerCallContext context)
    {
        var items = await SidecarOf(context).Configuration
            .GetAsync(request.StoreName, request.Keys, context.CancellationToken).ConfigureAwait(false);
        var response = new GetConfigurationResponse();
        response.Items.Add(items.ToDictionary(item => item.Key, ItemOf));
        return response;
    }

    private static async Task SubscribeConfiguration(
        SubscribeConfigurationRequest request, IServerStreamWriter<SubscribeConfigurationResponse> stream, ServerCallContext context)
    {
        var sidecar = SidecarOf(context);
        var subscription = sidecar.Configuration.Subscribe(request.StoreName, request.Keys);
        try
        {
            // The client learns the id, by which it unsubscribes, from a first message without items.
            await stream.WriteAsync(new SubscribeConfigurationResponse { Id = subscription.Id }, context.CancellationToken).ConfigureAwait(false);
            await foreach (var item in subscription.ReadAllAsync(context.CancellationToken).ConfigureAwait(false))
            {
                var change = new SubscribeConfigurationResponse { Id = subscription.Id };
                change.Items.Add(item.Key, ItemOf(item));
                await stream.WriteAsync(change, context.CancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The client went away.
        }
        finally
        {
            sidecar.Configuration.Unsubscribe(request.StoreName, subscription.Id);
        }
    }

    private static Task<UnsubscribeConfigurationResponse> UnsubscribeConfiguration(
        UnsubscribeConfigurationRequest request, ServerCallContext context)
    {
        var ok = SidecarOf(context).Configuration.Unsubscribe(request.StoreName, request.Id);
        return Task.FromResult(new UnsubscribeConfigurationResponse { Ok = ok, Message = ok ? "" : ConfigurationErrors.Unsubscribe(request.Id) });
    }

    private static Item ItemOf(Configuration.ConfigurationItem item) => new() { Value = item.Value, Version = item.Version };
}
