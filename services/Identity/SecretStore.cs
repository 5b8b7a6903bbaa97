using Dapr.Client;
using DaprShop.Contracts;

namespace DaprShop.Identity;

/// <summary>The service's own secret, <c>identity</c>, in the Dapr secret store: named entries.</summary>
internal sealed class SecretStore(DaprClient dapr)
{
    /// <summary>32 random bytes in base64.</summary>
    public const string KeyEncryptionKey = "key-encryption-key";

    /// <summary>Where an entry is missing, its user is not made.</summary>
    public const string DemoPassword = "demo-password";

    public const string StaffPassword = "staff-password";

    /// <summary>The entries by name.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(CancellationToken cancellationToken) =>
        await dapr.GetSecretAsync(SecretStores.Secrets, AppIds.Identity, cancellationToken: cancellationToken);
}
