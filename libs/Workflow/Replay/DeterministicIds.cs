using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Dapr.Workflow.Replay;

/// <summary>
/// The ids of one run, the same on every replay: UUIDs of version 5 under a namespace made of the execution id, or of the instance id where
/// the sidecar sends no execution id.
/// </summary>
internal sealed class DeterministicIds(string instanceId, string? executionId)
{
    // The namespace that turns ids that are no UUIDs into one; fixed by the official worker.
    private static readonly Guid s_seedNamespace = new("6f927a2e-9c7e-4a1d-9b8d-7a86f2e7f62f");

    private readonly Guid _seed = SeedOf(string.IsNullOrWhiteSpace(executionId) ? instanceId : executionId);
    private int _counter;

    public Guid NewGuid() => Version5(_seed, string.Create(CultureInfo.InvariantCulture, $"{instanceId}_{_counter++}"));

    public string TaskExecutionId(int taskId, string name) =>
        Version5(_seed, string.Create(CultureInfo.InvariantCulture, $"{instanceId}|activity|{taskId}|{name}")).ToString("N");

    private static Guid SeedOf(string id) => Guid.TryParse(id, out var guid) ? guid : Version5(s_seedNamespace, id);

    [SuppressMessage("Security", "CA5350", Justification = "RFC 4122 builds version 5 on SHA-1; nothing is protected by it.")]
    private static Guid Version5(Guid space, string name)
    {
        var length = Encoding.UTF8.GetByteCount(name);
        var bytes = length <= 496 ? stackalloc byte[512] : new byte[16 + length];
        space.TryWriteBytes(bytes, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, bytes[16..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(bytes[..(16 + length)], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
