namespace DaprShop.Sidecar.PubSub;

internal enum DeliveryOutcome
{
    /// <summary>The app has taken the message.</summary>
    Done,

    /// <summary>The message is not to be tried again: the app dropped it, no route takes it, or it expired.</summary>
    Dropped,

    /// <summary>The app, or a rule, failed; what the policy allowed was tried.</summary>
    Failed,

    /// <summary>The connection broke before there was an answer: perhaps the app has gone down.</summary>
    Broken,

    /// <summary>The app does not take connections; it has not seen the message.</summary>
    Unreachable,
}

/// <summary>How the delivery of a message ended, and why; <paramref name="Status"/> is that of a failed answer.</summary>
internal sealed record DeliveryResult(DeliveryOutcome Outcome, string Reason = "", int? Status = null)
{
    public static readonly DeliveryResult Done = new(DeliveryOutcome.Done);
}

/// <summary>A failed attempt without a status of its own, which every policy retries.</summary>
internal sealed class DeliveryFailedException(string message) : Exception(message);
