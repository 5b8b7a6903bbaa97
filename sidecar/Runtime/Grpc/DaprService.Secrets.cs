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

    private static Task<GetSecretResponse> GetSecret(GetSecretRequest request, ServerCallContext context)
    {
        var response = new GetSecretResponse();
        response.Data.Add(SidecarOf(context).Secrets.Get(request.StoreName, request.Key).ToDictionary());
        return Task.FromResult(response);
    }

    private static Task<GetBulkSecretResponse> GetBulkSecret(GetBulkSecretRequest request, ServerCallContext context)
    {
        var response = new GetBulkSecretResponse();
        foreach (var (name, entries) in SidecarOf(context).Secrets.GetAll(request.StoreName))
        {
            var secret = new SecretResponse();
            secret.Secrets.Add(entries.ToDictionary());
            response.Data.Add(name, secret);
        }

        return Task.FromResult(response);
    }
}
