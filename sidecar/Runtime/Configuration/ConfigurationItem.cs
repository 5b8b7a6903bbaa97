namespace DaprShop.Sidecar.Configuration;

/// <summary>A value of a configuration store. The version is whatever was set with it; "" is none.</summary>
internal sealed record ConfigurationItem(string Key, string Value, string Version);
