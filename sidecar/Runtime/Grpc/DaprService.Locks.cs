using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

internal static partial class DaprService
{
    private static void BindLocks(Binder b)
    {
        b.Unary<TryLockRequest, TryLockResponse>("TryLockAlpha1", TryLock);
        b.Unary<UnlockRequest, UnlockResponse>("UnlockAlpha1", Unlock);
    }

    private static async Task<TryLockResponse> TryLock(TryLockRequest request, ServerCallContext context) => new()
    {
        Success = await SidecarOf(context).Locks.TryLockAsync(
            request.StoreName, request.ResourceId, request.LockOwner, request.ExpiryInSeconds, context.CancellationToken).ConfigureAwait(false),
    };

    private static async Task<UnlockResponse> Unlock(UnlockRequest request, ServerCallContext context) => new()
    {
        Status = (UnlockResponse.Types.Status)await SidecarOf(context).Locks.UnlockAsync(
            request.StoreName, request.ResourceId, request.LockOwner, context.CancellationToken).ConfigureAwait(false),
    };
}
