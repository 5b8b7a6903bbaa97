using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DaprShop.Interop.Tests;

/// <summary>A running script of tests/Node, which does what a test asks it for; see scenarios.mjs.</summary>
internal sealed class NodeApp : IAsyncDisposable
{
    private const string Mark = "=> ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode?>> _calls = new();
    private readonly ConcurrentQueue<string> _output = new();
    private int _lastId;

    private NodeApp(string script, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("node", [script])
        {
            WorkingDirectory = NodeJs.Scripts,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => FailCalls();
    }

    /// <summary>Installs the packages if need be, starts the script and waits until it serves.</summary>
    public static async Task<NodeApp> StartAsync(string script, IReadOnlyDictionary<string, string> environment)
    {
        await NodeJs.PackagesAsync(NodeJs.Scripts);
        var app = new NodeApp(script, environment);
        var ready = app._calls[0] = NewCall();
        app._process.Start();
        app._process.BeginOutputReadLine();
        app._process.BeginErrorReadLine();
        await app.AnswerAsync(script, ready.Task);
        return app;
    }

    /// <summary>Runs a scenario and returns its result as compact JSON.</summary>
    public async Task<string> CallAsync(string scenario, params object?[] arguments)
    {
        var id = Interlocked.Increment(ref _lastId);
        var call = _calls[id] = NewCall();
        var line = JsonSerializer.Serialize(new { id, name = scenario, args = arguments }, JsonSerializerOptions.Web);
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return (await AnswerAsync(scenario, call.Task))?.ToJsonString() ?? "null";
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await _process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        _process.Dispose();
    }

    private static TaskCompletionSource<JsonNode?> NewCall() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<JsonNode?> AnswerAsync(string what, Task<JsonNode?> answer)
    {
        try
        {
            return await answer.WaitAsync(Patience);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{what}: {e.Message}\n{string.Join('\n', _output.TakeLast(60))}", e);
        }
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (!line.StartsWith(Mark, StringComparison.Ordinal))
        {
            _output.Enqueue(line);
            return;
        }

        var answer = JsonNode.Parse(line[Mark.Length..])!;
        if (!_calls.TryRemove((int)answer["id"]!, out var call))
        {
            return;
        }

        if ((string?)answer["error"] is { } error)
        {
            call.SetException(new InvalidOperationException(error));
        }
        else
        {
            call.SetResult(answer["result"]);
        }
    }

    private void FailCalls()
    {
        foreach (var call in _calls.Values)
        {
            call.TrySetException(new InvalidOperationException("The app has ended."));
        }
    }
}
