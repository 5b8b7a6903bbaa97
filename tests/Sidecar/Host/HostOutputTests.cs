using System.Text;
using DaprShop.Sidecar.Host;
using DaprShop.Sidecar.Host.Files;
using DaprShop.Sidecar.Host.Output;
using DaprShop.Sidecar.Resources;

namespace DaprShop.Sidecar.Tests.Host;

public sealed class HostOutputTests : IDisposable
{
    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bytes_become_lines_however_they_arrive()
    {
        var lines = new List<string>();
        var splitter = new LineSplitter(lines.Add, longest: 8);

        foreach (var part in new[] { "on", "e\ntw", "o\r\n\n", "a line of more than eight", "\nlast" })
        {
            splitter.Add(Encoding.UTF8.GetBytes(part));
        }

        splitter.Complete();

        Assert.Equal(["one", "two", "", "a line o", "f more t", "han eigh", "t", "last"], lines);
    }

    [Fact]
    public void A_full_log_file_starts_anew_and_keeps_the_one_before()
    {
        using (var file = new BoundedLogFile(_folder.Root, "app", capacity: 20))
        {
            foreach (var line in new[] { "first line", "second line", "third line" })
            {
                file.WriteLine(line);
            }
        }

        Assert.Equal("third line\n", File.ReadAllText(_folder.At("app.log")));
        Assert.Equal("second line\n", File.ReadAllText(_folder.At("app.1.log")));
    }

    [Fact]
    public void Lines_have_the_apps_name_and_files_no_colours()
    {
        var written = new StringWriter();
        using (var terminal = new Terminal(written, colours: false, width: 80))
        using (var output = new AppOutput("orders", LogDestination.FileAndConsole, Ink.Cyan, terminal, new BoundedLogFile(_folder.Root, "orders")))
        {
            output.Add("\e[32minfo\e[39m: ready");
        }

        Assert.Equal("== APP - orders == \e[32minfo\e[39m: ready" + Environment.NewLine, written.ToString());
        Assert.Equal("info: ready\n", File.ReadAllText(_folder.At("orders.log")));
    }

    [Fact]
    public void A_terminal_that_does_not_read_holds_up_nobody_and_is_told_what_it_missed()
    {
        using var blocked = new BlockedWriter();
        using (var terminal = new Terminal(blocked, colours: false, width: 80))
        {
            for (var i = 0; i < 30_000; i++)
            {
                terminal.WriteAppLine($"line {i}");
            }

            terminal.WriteLine("a line of the host");
            blocked.Open();
        }

        Assert.Contains("a line of the host", blocked.Lines);
        Assert.Contains(blocked.Lines, line => line.EndsWith("lines of apps are not shown here; the log files have them", StringComparison.Ordinal));
        Assert.True(blocked.Lines.Count < 30_000);
    }

    [Fact]
    public void Components_of_servers_elsewhere_are_named_once_a_type()
    {
        Component[] components =
        [
            new() { Name = "b", Type = "state.sqlite" }, new() { Name = "pubsub", Type = "pubsub.redis" },
            new() { Name = "a", Type = "state.sqlite" }, new() { Name = "b", Type = "state.sqlite" }, new() { Name = "s", Type = "secretstores.local.file" },
        ];

        Assert.Equal(
            ["pubsub.redis is served from x.db, addresses are not used: pubsub", "state.sqlite is served from x.db, addresses are not used: b, a"],
            StartReport.EmbeddedComponents(components, "x.db"));
    }

    [Fact]
    public void Arguments_are_those_of_dapr_run()
    {
        Assert.True(HostArguments.TryParse(["run", "-f", "x", "--in-memory", "--data", "d", "--lenient"], out var arguments, out _));
        Assert.Equal(new HostArguments { RunFile = "x", InMemory = true, DataDirectory = "d", Lenient = true }, arguments);
        Assert.False(HostArguments.TryParse(["-f"], out _, out var missing));
        Assert.Equal("-f needs a path", missing);
        Assert.False(HostArguments.TryParse(["--memory"], out _, out var unknown));
        Assert.Equal("--memory is not an option", unknown);
    }

    private sealed class BlockedWriter : StringWriter
    {
        private readonly ManualResetEventSlim _open = new();

        public List<string> Lines { get; } = [];

        public void Open() => _open.Set();

        public override void WriteLine(string? value)
        {
            _open.Wait();
            Lines.Add(value!);
        }

        protected override void Dispose(bool disposing)
        {
            _open.Dispose();
            base.Dispose(disposing);
        }
    }
}
