using System.Diagnostics;
using Spectre.Console;

namespace DaprShop.Replay;

/// <summary>A progress bar on a terminal; a line every few seconds where the output is a file.</summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    private readonly string _title;
    private readonly int _total;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly TaskCompletionSource _ended = new();
    private readonly Task _display;
    private int _done;

    public ProgressLine(string title, int total)
    {
        _title = title;
        _total = total;
        _display = AnsiConsole.Profile.Capabilities.Interactive ? ShowBarAsync() : PrintLinesAsync();
    }

    public void Advance() => Interlocked.Increment(ref _done);

    public void Dispose()
    {
        _ended.SetResult();
        _display.GetAwaiter().GetResult();
    }

    private double Rate => _done / Math.Max(0.001, _clock.Elapsed.TotalSeconds);

    private Task ShowBarAsync() => AnsiConsole.Progress()
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async context =>
        {
            var bar = context.AddTask(_title, maxValue: _total);
            while (!_ended.Task.IsCompleted)
            {
                await Task.WhenAny(_ended.Task, Task.Delay(200));
                bar.Value = _done;
                bar.Description = $"{_title} {_done}/{_total}, {Rate:0.0}/s";
            }
        });

    private async Task PrintLinesAsync()
    {
        while (!_ended.Task.IsCompleted)
        {
            await Task.WhenAny(_ended.Task, Task.Delay(PlainInterval));
            Console.WriteLine($"{_title}: {_done}/{_total}, {Rate:0.0}/s");
        }
    }
}
