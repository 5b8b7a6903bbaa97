using Dapr.Client.Autogen.Grpc.v1;
using DaprShop.Sidecar.Bindings;
using Google.Protobuf;
using Grpc.Core;

namespace DaprShop.Sidecar.Grpc;

internal static partial class DaprService
{
    private static void BindBindings(Binder b) => b.Unary<InvokeBindingRequest, InvokeBindingResponse>("InvokeBinding", InvokeBinding);

    private static async Task<InvokeBindingResponse> InvokeBinding(InvokeBindingRequest request, ServerCallContext context)
    {
        var metadata = request.Metadata.ToDictionary();
        var trace = TraceOf(context);
        if (trace.TraceParent.Length > 0)
        {
            metadata["traceparent"] = trace.TraceParent;
            if (trace.TraceState.Length > 0)
            {
                metadata["tracestate"] = trace.TraceState;
            }
        }

        var answer = await SidecarOf(context).Bindings
            .InvokeAsync(request.Name, new BindingRequest(request.Operation, request.Data.Memory, metadata), context.CancellationToken)
            .ConfigureAwait(false);
        var response = new InvokeBindingResponse { Data = UnsafeByteOperations.UnsafeWrap(answer.Data) };
        response.Metadata.Add(answer.Metadata.ToDictionary());
        return response;
    }
}
