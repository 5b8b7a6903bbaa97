using System.Threading.Channels;
using DaprShop.Sidecar.Tests.Invocation.Protos;
using Grpc.Core;

namespace DaprShop.Sidecar.Tests.Invocation;

/// <summary>A gRPC app that counts, and notes with which metadata it was called and which calls were cancelled.</summary>
internal sealed class CountingService(CountingService.Seen seen) : Counting.CountingBase
{
    public override Task<Number> Square(Number request, ServerCallContext context)
    {
        seen.Metadata = context.RequestHeaders;
        context.ResponseTrailers.Add("counted-by", "me");
        return request.Value >= 0
            ? Task.FromResult(new Number { Value = request.Value * request.Value })
            : throw new RpcException(new Status(StatusCode.InvalidArgument, "no to negative numbers: √ is not defined"), new Metadata { { "reason", "negative" } });
    }

    public override async Task CountTo(Number request, IServerStreamWriter<Number> responses, ServerCallContext context)
    {
        for (var value = 1; value <= request.Value; value++)
        {
            await responses.WriteAsync(new Number { Value = value }, context.CancellationToken);
        }

        context.ResponseTrailers.Add("counted-by", "me");
        if (request.Value > 10)
        {
            throw new RpcException(new Status(StatusCode.OutOfRange, "that is enough"));
        }
    }

    public override async Task<Number> Sum(IAsyncStreamReader<Number> requests, ServerCallContext context)
    {
        var sum = 0;
        await foreach (var number in requests.ReadAllAsync(context.CancellationToken))
        {
            sum += number.Value;
        }

        return new Number { Value = sum };
    }

    public override async Task RunningSum(IAsyncStreamReader<Number> requests, IServerStreamWriter<Number> responses, ServerCallContext context)
    {
        var sum = 0;
        await foreach (var number in requests.ReadAllAsync(context.CancellationToken))
        {
            await responses.WriteAsync(new Number { Value = sum += number.Value }, context.CancellationToken);
        }
    }

    public override async Task Forever(Number request, IServerStreamWriter<Number> responses, ServerCallContext context)
    {
        await responses.WriteAsync(request, context.CancellationToken);
        try
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
        finally
        {
            seen.Cancelled.Writer.TryWrite(request.Value);
        }
    }

    internal sealed class Seen
    {
        public Metadata Metadata { get; set; } = [];

        public Channel<int> Cancelled { get; } = Channel.CreateUnbounded<int>();
    }
}
