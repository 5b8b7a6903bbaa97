using System.Security.Cryptography;
using System.Text;
using DaprShop.Identity.Domain;
using Microsoft.IdentityModel.Tokens;

namespace DaprShop.Identity.Keys;

/// <summary>Makes signing keys and opens them. At rest a private key is encrypted (AES-GCM) with a key from the secret store.</summary>
internal sealed class KeyVault(SecretStore secrets)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public async Task<SigningKey> CreateAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var id = Guid.CreateVersion7(now).ToString("N");
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var encrypted = Encrypt(await KeyEncryptionKeyAsync(cancellationToken), id, key.ExportPkcs8PrivateKey());
        return new SigningKey(id, Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y), encrypted, now);
    }

    /// <exception cref="CryptographicException">It was encrypted with another key, or for another id.</exception>
    public async Task<ECDsaSecurityKey> OpenAsync(SigningKey key, CancellationToken cancellationToken)
    {
        var privateKey = Decrypt(await KeyEncryptionKeyAsync(cancellationToken), key.Id, key.EncryptedPrivateKey);
        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(privateKey, out _);
        CryptographicOperations.ZeroMemory(privateKey);
        return new ECDsaSecurityKey(ecdsa) { KeyId = key.Id };
    }

    private async Task<byte[]> KeyEncryptionKeyAsync(CancellationToken cancellationToken) =>
        Convert.FromBase64String((await secrets.ReadAsync(cancellationToken))[SecretStore.KeyEncryptionKey]);

    private static string Encrypt(byte[] key, string id, byte[] plain)
    {
        var sealedKey = new byte[NonceBytes + TagBytes + plain.Length];
        var (nonce, tag, cipher) = Parts(sealedKey);
        RandomNumberGenerator.Fill(nonce.Span);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce.Span, plain, cipher.Span, tag.Span, Encoding.UTF8.GetBytes(id));
        CryptographicOperations.ZeroMemory(plain);
        return Convert.ToBase64String(sealedKey);
    }

    private static byte[] Decrypt(byte[] key, string id, string text)
    {
        var (nonce, tag, cipher) = Parts(Convert.FromBase64String(text));
        var plain = new byte[cipher.Length];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(nonce.Span, cipher.Span, tag.Span, plain, Encoding.UTF8.GetBytes(id));
        return plain;
    }

    private static (Memory<byte> Nonce, Memory<byte> Tag, Memory<byte> Cipher) Parts(byte[] all) =>
        (all.AsMemory(0, NonceBytes), all.AsMemory(NonceBytes, TagBytes), all.AsMemory(NonceBytes + TagBytes));
}
