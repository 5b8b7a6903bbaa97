using System.Runtime.InteropServices;

namespace DaprShop.Sidecar.Host.Running;

/// <summary>The few calls of Unix that .NET has no name for.</summary>
internal static partial class Native
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>
    /// Makes Ctrl-C arrive. A shell without job control starts background jobs with SIGINT ignored, and .NET leaves an ignored
    /// signal ignored; must run before anything else touches signals or the console.
    /// </summary>
    public static void ListenToInterrupt()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetSignal(Interrupt, 0);
        }
    }

    /// <summary>Sends a signal to a process, or with a negative id to a process group; false when there is none.</summary>
    public static bool Send(int processId, int signal) => SendSignal(processId, signal) == 0;

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetSignal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
