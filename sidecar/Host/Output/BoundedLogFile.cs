using System.Text;

namespace DaprShop.Sidecar.Host.Output;

/// <summary>
/// A log file that is appended to; when it is full it becomes NAME.1.log, in place of the one before, and starts anew. Lines that a
/// full disk does not take are lost: nobody's work may end by them.
/// </summary>
internal sealed class BoundedLogFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly long _capacity;
    private FileStream _file;

    /// <summary>Opens NAME.log; <paramref name="capacity"/> in bytes.</summary>
    public BoundedLogFile(string directory, string name, long capacity = 10 * 1024 * 1024)
    {
        _path = Path.Combine(directory, name + ".log");
        _capacity = capacity;
        _file = Open();
    }

    public void WriteLine(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        Try(() =>
        {
            if (_file.Length + bytes.Length > _capacity && _file.Length > 0)
            {
                _file.Dispose();
                File.Move(_path, Path.ChangeExtension(_path, ".1.log"), overwrite: true);
                _file = Open();
            }

            _file.Write(bytes);
        });
    }

    public void Flush() => Try(() => _file.Flush());

    public void Dispose() => Try(() => _file.Dispose());

    private void Try(Action write)
    {
        lock (_gate)
        {
            try
            {
                write();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The disk is full; there is nobody to tell.
            }
        }
    }

    private FileStream Open() => new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 16 * 1024);
}
