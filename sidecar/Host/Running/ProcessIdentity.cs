using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace DaprShop.Sidecar.Host.Running;

/// <summary>A process id with the time the process started, because ids are used again.</summary>
internal sealed record ProcessIdentity(int Id, string Started)
{
    /// <summary>The process that has this id now; null when there is none.</summary>
    public static ProcessIdentity? Of(int id)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // The 22nd field, in ticks since the machine started; the 2nd is a name in parentheses that may hold anything.
                var fields = File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                return fields[0] == "Z" ? null : new ProcessIdentity(id, $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}/{fields[19]}");
            }

            using var process = Process.GetProcessById(id);
            return new ProcessIdentity(id, process.StartTime.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }

    /// <summary>This very process, not another of its id, is running.</summary>
    public bool IsRunning => Of(Id) == this;
}
