using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;

namespace DaprShop.Sidecar.Tests.State;

/// <summary>kill -9 of the host's process in the middle of many writes.</summary>
public sealed class KilledProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("killed-tests-").FullName;
    private readonly int _port = FreePorts.Next();
    private readonly HttpClient _http;
    private Process? _host;

    public KilledProcessTests()
    {
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
        Directory.CreateDirectory(Path.Combine(_directory, "components"));
        File.WriteAllText(Path.Combine(_directory, "components", "store.yaml"), """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata:
              name: store
            spec:
              type: state.sqlite
              version: v1
              metadata:
              - name: connectionString
                value: state.db
            """);
        File.WriteAllText(Path.Combine(_directory, "dapr.yaml"), $"""
            version: 1
            common:
              resourcesPaths: ["./components"]
            apps:
            - appID: writer
              appDirPath: .
              daprHTTPPort: {_port}
              daprGRPCPort: {FreePorts.Next()}
            """);
    }

    public void Dispose()
    {
        _host?.Kill(entireProcessTree: true);
        _host?.WaitForExit();
        _host?.Dispose();
        _http.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_kill_and_no_transaction_is_half_done()
    {
        var acknowledged = new ConcurrentBag<int>();
        await StartHostAsync();

        // Eight clients write pairs of keys until the process is gone.
        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(() => WriteUntilKilledAsync(writer, acknowledged))).ToArray();
        using var patience = new CancellationTokenSource(Patience);
        while (acknowledged.Count < 300)
        {
            await Task.WhenAny(writers.Append(Task.Delay(10, patience.Token)));
            patience.Token.ThrowIfCancellationRequested();
        }

        _host!.Kill();
        await Task.WhenAll(writers);
        var written = acknowledged.ToArray();
        await _host.WaitForExitAsync();
        await StartHostAsync();

        foreach (var number in written)
        {
            Assert.Equal($"{number}", await _http.GetStringAsync($"/v1.0/state/store/a{number}"));
        }

        // The writes after the last acknowledged ones may be there or not, but only as a pair.
        foreach (var number in written.Select(number => number + 8).Concat(written))
        {
            Assert.Equal(await _http.GetStringAsync($"/v1.0/state/store/a{number}"), await _http.GetStringAsync($"/v1.0/state/store/b{number}"));
        }
    }

    private async Task WriteUntilKilledAsync(int writer, ConcurrentBag<int> acknowledged)
    {
        try
        {
            for (var number = writer; ; number += 8)
            {
                using var response = await _http.PostAsJsonAsync("/v1.0/state/store/transaction", new
                {
                    operations = new[] { "a", "b" }.Select(name => new { operation = "upsert", request = new { key = $"{name}{number}", value = number } }),
                });
                response.EnsureSuccessStatusCode();
                acknowledged.Add(number);
            }
        }
        catch (HttpRequestException)
        {
            // The process is gone: this write was not acknowledged.
        }
    }

    private async Task StartHostAsync()
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "DaprShop.Sidecar.Host.dll"), "run", "-f", _directory, "--data", Path.Combine(_directory, "data") },
            WorkingDirectory = _directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var up = new TaskCompletionSource();
        var output = new ConcurrentQueue<string?>();
        _host = Process.Start(start)!;
        _host.OutputDataReceived += (_, line) => Look(line.Data);
        _host.ErrorDataReceived += (_, line) => Look(line.Data);
        _host.BeginOutputReadLine();
        _host.BeginErrorReadLine();
        try
        {
            await up.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail(string.Join('\n', output));
        }

        void Look(string? line)
        {
            output.Enqueue(line);
            if (line?.Contains("is up after", StringComparison.Ordinal) == true)
            {
                up.TrySetResult();
            }
        }
    }
}
