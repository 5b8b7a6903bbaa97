using Dapr.Client.Autogen.Grpc.v1;

namespace DaprShop.Sidecar.Scheduling;

/// <summary>What happens when a reminder or a job fails: tried again after a while, so often (-1: until it works), then given up.</summary>
internal sealed record FailurePolicy(TimeSpan Interval, int MaxRetries)
{
    /// <summary>daprd's scheduler: a second between, three times.</summary>
    public static FailurePolicy Default { get; } = new(TimeSpan.FromSeconds(1), 3);

    public static FailurePolicy Drop { get; } = new(TimeSpan.Zero, 0);

    /// <summary>As the protocol has it: without a policy the default one, a constant one without a number is without end.</summary>
    public static FailurePolicy Of(JobFailurePolicy? policy) => policy?.PolicyCase switch
    {
        JobFailurePolicy.PolicyOneofCase.Drop => Drop,
        JobFailurePolicy.PolicyOneofCase.Constant => new FailurePolicy(
            policy.Constant.Interval?.ToTimeSpan() ?? Default.Interval,
            policy.Constant.HasMaxRetries ? (int)Math.Min(policy.Constant.MaxRetries, int.MaxValue) : -1),
        _ => Default,
    };
}
