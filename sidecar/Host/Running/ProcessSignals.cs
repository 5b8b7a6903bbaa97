using System.Diagnostics;

namespace DaprShop.Sidecar.Host.Running;

/// <summary>Ends processes together with what they started.</summary>
internal static class ProcessSignals
{
    /// <summary>
    /// To the process group that the process leads, else to the process. Where there are no signals every one of them ends
    /// the process and its children at once.
    /// </summary>
    public static void Send(int processId, int signal)
    {
        if (OperatingSystem.IsWindows())
        {
            Kill(processId);
        }
        else if (!Native.Send(-processId, signal))
        {
            Native.Send(processId, signal);
        }
    }

    /// <summary>Ends what is left of the process group that an ended process led.</summary>
    public static void EndGroup(int processId)
    {
        if (!OperatingSystem.IsWindows())
        {
            Native.Send(-processId, Native.Kill);
        }
    }

    private static void Kill(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill(entireProcessTree: true);
        }
        catch (ArgumentException)
        {
            // It has ended by itself.
        }
    }
}
