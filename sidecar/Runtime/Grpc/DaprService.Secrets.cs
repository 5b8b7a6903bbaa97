using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

internal static partial class DaprService
{
    private static void BindSecrets(Binder b)
    {
        b.Unary<GetSecretRequest, GetSecretResponse>("GetSecret", GetSecret);
        b.Unary<GetBulkSecretRequest, GetBulkSecretResponse>("GetBulkSecret", GetBulkSecret);
    }

    private static async Task<GetSecretResponse> GetSecret(GetSecretRequest request, ServerCallContext context)
    {
        var entries = await SidecarOf(context).Secrets
            .GetAsync(request.StoreName, request.Key, context.CancellationToken).ConfigureAwait(false);
        var response = new GetSecretResponse();
        response.Data.Add(entries.ToDictionary());
        return response;
    }

    private static async Task<GetBulkSecretResponse> GetBulkSecret(GetBulkSecretRequest request, ServerCallContext context)
    {
        var secrets = await SidecarOf(context).Secrets.GetAllAsync(request.StoreName, context.CancellationToken).ConfigureAwait(false);
        var response = new GetBulkSecretResponse();
        foreach (var (name, entries) in secrets)
        {
            var secret = new SecretResponse();
            secret.Secrets.Add(entries.ToDictionary());
            response.Data.Add(name, secret);
        }

        return response;
    }
}
