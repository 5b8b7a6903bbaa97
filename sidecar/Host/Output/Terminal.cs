using System.Collections.Concurrent;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DaprShop.Sidecar.Host.Output;

/// <summary>
/// The host's standard output. Lines are handed to one writer and nobody waits for it: when the terminal or the pipe behind
/// it is slower than the apps write, lines of apps are left out and counted (their log files have them all).
/// </summary>
internal sealed class Terminal : IDisposable
{
    private const int MostWaitingLines = 10_000;

    private readonly BlockingCollection<(string Text, bool IsApp)> _lines = [];
    private readonly TextWriter _output;
    private readonly LogFormat? _json;
    private readonly Thread _writer;
    private readonly bool _colours;
    private readonly int _width;
    private int _waiting;
    private int _dropped;

    /// <param name="output">Where it goes.</param>
    /// <param name="colours">ANSI colours may be used.</param>
    /// <param name="width">Characters in a line, for tables.</param>
    /// <param name="asJson">Every line of the host itself is a JSON object too, for those who read only such.</param>
    public Terminal(TextWriter output, bool colours, int width, bool asJson = false)
    {
        (_output, _colours, _width) = (output, colours && !asJson, width);
        _json = asJson ? new LogFormat(asJson) : null;
        _writer = new Thread(WriteAll) { IsBackground = true, Name = "terminal" };
        _writer.Start();
    }

    /// <summary>Standard output: with colours on a terminal (unless NO_COLOR is set), plain when it is redirected.</summary>
    public static Terminal ForStandardOutput(bool asJson)
    {
        var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 16 * 1024);
        return Console.IsOutputRedirected
            ? new Terminal(output, colours: false, width: 120, asJson)
            : new Terminal(output, AnsiConsole.Profile.Capabilities.ColorSystem != ColorSystem.NoColors, AnsiConsole.Profile.Width, asJson);
    }

    /// <summary>A line of the host itself: never left out.</summary>
    public void WriteLine(string line) => Add(_json?.Line(LogLevel.Information, "dapr.host", line) ?? line, isApp: false);

    /// <summary>A line of an app or a sidecar; left out when too many wait already.</summary>
    public void WriteAppLine(string line)
    {
        if (Interlocked.Increment(ref _waiting) <= MostWaitingLines)
        {
            Add(line, isApp: true);
        }
        else
        {
            Interlocked.Decrement(ref _waiting);
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>A table or another block of several lines.</summary>
    public void Write(IRenderable block)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = _colours ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = _width;
        console.Write(block);
        WriteLine(text.ToString().TrimEnd());
    }

    /// <summary>The text in a colour, if there are colours.</summary>
    public string Paint(string text, Ink ink) => _colours ? $"\e[{(int)ink}m{text}\e[0m" : text;

    /// <summary>Writes what waits. A reader that does not read any more cannot keep the host from ending.</summary>
    public void Dispose()
    {
        _lines.CompleteAdding();
        _writer.Join(TimeSpan.FromSeconds(2));
    }

    private void Add(string line, bool isApp)
    {
        try
        {
            _lines.Add((line, isApp));
        }
        catch (InvalidOperationException)
        {
            // The output is closed: the last words of a process that is being ended may come too late.
            Interlocked.Increment(ref _dropped);
        }
    }

    private void WriteAll()
    {
        try
        {
            foreach (var (text, isApp) in _lines.GetConsumingEnumerable())
            {
                _output.WriteLine(text);
                if (isApp)
                {
                    Interlocked.Decrement(ref _waiting);
                }

                if (_lines.Count == 0)
                {
                    if (Interlocked.Exchange(ref _dropped, 0) is var dropped and > 0)
                    {
                        _output.WriteLine($"{dropped} lines of apps are not shown here; the log files have them");
                    }

                    _output.Flush();
                }
            }
        }
        catch (IOException)
        {
            // Nobody reads the output any more (a closed pipe); the apps go on.
            _lines.CompleteAdding();
        }
    }
}

/// <summary>Terminal colours by their ANSI codes.</summary>
internal enum Ink
{
    Red = 31,
    Green = 32,
    Yellow = 33,
    Blue = 34,
    Magenta = 35,
    Cyan = 36,
    Grey = 90,
    BrightGreen = 92,
    BrightYellow = 93,
    BrightBlue = 94,
    BrightMagenta = 95,
    BrightCyan = 96,
}
