namespace DaprShop.Sidecar;

/// <summary>
/// A sidecar cannot start; the message names the app, the value and the field of dapr.yaml or of the component it comes from.
/// </summary>
public sealed class SidecarStartException(string message, Exception? innerException = null) : Exception(message, innerException);
