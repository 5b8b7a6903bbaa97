using DaprShop.Sidecar.Http;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace DaprShop.Sidecar.Grpc;

/// <summary>Turns <see cref="DaprApiException"/> into a gRPC status, its details into <c>grpc-status-details-bin</c>.</summary>
internal sealed class GrpcErrors : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context).ConfigureAwait(false);
        }
        catch (DaprApiException e)
        {
            throw Translate(e, context);
        }
        catch (StorageException e)
        {
            throw new RpcException(new global::Grpc.Core.Status(StatusCode.Internal, e.Message));
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context).ConfigureAwait(false);
        }
        catch (DaprApiException e)
        {
            throw Translate(e, context);
        }
        catch (StorageException e)
        {
            throw new RpcException(new global::Grpc.Core.Status(StatusCode.Internal, e.Message));
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context).ConfigureAwait(false);
        }
        catch (DaprApiException e)
        {
            throw Translate(e, context);
        }
        catch (StorageException e)
        {
            throw new RpcException(new global::Grpc.Core.Status(StatusCode.Internal, e.Message));
        }
    }

    private static RpcException Translate(DaprApiException error, ServerCallContext context)
    {
        context.GetHttpContext().Sidecar().Metrics.Errors?.Add(error.ErrorCode);
        var status = new global::Grpc.Core.Status(error.GrpcStatus, error.Message);
        return error.Reason is null
            ? new RpcException(status)
            : new RpcException(status, new Metadata { { "grpc-status-details-bin", Details(error).ToByteArray() } });
    }

    private static Google.Rpc.Status Details(DaprApiException error)
    {
        var status = new Google.Rpc.Status { Code = (int)error.GrpcStatus, Message = error.Message };
        if (error.FieldViolation is { } violation)
        {
            status.Details.Add(Any.Pack(new BadRequest
            {
                FieldViolations = { new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Description } },
            }));
        }

        if (error.Resource is { } resource)
        {
            status.Details.Add(Any.Pack(new ResourceInfo
            {
                ResourceType = resource.Type, ResourceName = resource.Name, Owner = resource.Owner, Description = resource.Description,
            }));
        }

        var info = new ErrorInfo { Domain = "dapr.io", Reason = error.Reason };
        info.Metadata.Add(error.Metadata?.ToDictionary() ?? []);
        status.Details.Add(Any.Pack(info));
        return status;
    }
}
