using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using DaprShop.Domain;

namespace DaprShop.Identity;

/// <summary>
/// A secret handed out for one purpose: whose it is, and 256 random bits. Only a hash of the bits is stored; they are too many to be guessed,
/// so the hash needs neither salt nor slowness.
/// </summary>
internal sealed record OpaqueToken(string OwnerId, string Secret)
{
    private const int SecretBytes = 32;

    public string Hash => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));

    public static OpaqueToken For(string ownerId) => new(ownerId, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>Null when the text cannot be a token.</summary>
    public static OpaqueToken? Parse(string? text)
    {
        var dot = text?.LastIndexOf('.') ?? -1;
        return dot > 0 && Identifiers.IsId(text![..dot]) && dot < text.Length - 1 ? new OpaqueToken(text[..dot], text[(dot + 1)..]) : null;
    }

    public override string ToString() => $"{OwnerId}.{Secret}";
}
