namespace DaprShop.Sidecar.Resiliency;

/// <summary>The result of one attempt under a policy. <paramref name="Status"/>: HTTP (100 to 599) or gRPC (0 to 16); null: success.</summary>
internal sealed record Attempt(object? Result, int? Status)
{
    public bool Failed => Status is not (null or 0 or (>= 200 and <= 399));
}

/// <summary>How policies judge exceptions.</summary>
internal static class Failures
{
    /// <summary>A request that was wrong (a conflict, an unknown key): trying again would not help, and its target is well.</summary>
    public static bool IsRefusal(Exception failure) => failure is DaprApiException { HttpStatus: < 500 };
}
