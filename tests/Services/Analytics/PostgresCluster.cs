using System.Diagnostics;

namespace DaprShop.Services.Tests.Analytics;

/// <summary>
/// A PostgreSQL of its own in a temporary directory, from the binaries that Debian installs. PostgreSQL refuses to run as root: then it runs as
/// Debian's user <c>postgres</c>.
/// </summary>
internal sealed class PostgresCluster : IAsyncDisposable
{
    private const string Versions = "/usr/lib/postgresql";
    private const string User = "shop";

    private static readonly string? s_binaries = FindBinaries();

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("postgres-");
    private readonly int _port = Shop.FreePort();

    /// <summary>Why there is none here; null where there is.</summary>
    public static string? Missing { get; } =
        s_binaries is null ? $"PostgreSQL is not installed: there is no initdb in {Versions}/*/bin (on Debian: apt-get install postgresql)." : null;

    private string Data => Path.Combine(_directory.FullName, "data");

    public static async Task<PostgresCluster> StartNewAsync()
    {
        var cluster = new PostgresCluster();
        if (Environment.IsPrivilegedProcess)
        {
            await ExecuteAsync(cluster._directory.FullName, "chown", "postgres", cluster._directory.FullName);
        }

        await cluster.RunAsync("initdb", "--pgdata", cluster.Data, "--username", User, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync");
        await cluster.StartAsync();
        return cluster;
    }

    /// <summary>Returns when it takes connections.</summary>
    public Task StartAsync() => RunAsync(
        "pg_ctl", "start", "--wait", "--pgdata", Data, "--log", Path.Combine(_directory.FullName, "log"),
        "--options", $"-c listen_addresses=127.0.0.1 -c port={_port} -c unix_socket_directories={_directory.FullName} -c shared_buffers=16MB");

    /// <summary>Ends it as a crash does.</summary>
    public Task StopAsync() => RunAsync("pg_ctl", "stop", "--wait", "--mode", "immediate", "--pgdata", Data);

    /// <summary>Returns the connection string of a new database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"analytics_{Guid.NewGuid():N}";
        await RunAsync("createdb", "--host", "127.0.0.1", "--port", $"{_port}", "--username", User, name);
        return $"Host=127.0.0.1;Port={_port};Username={User};Database={name}";
    }

    public async ValueTask DisposeAsync()
    {
        Npgsql.NpgsqlConnection.ClearAllPools();
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            await StopAsync();
        }

        _directory.Delete(recursive: true);
    }

    private Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(s_binaries ?? throw new InvalidOperationException(Missing), program);
        return Environment.IsPrivilegedProcess
            ? ExecuteAsync(_directory.FullName, "runuser", ["-u", "postgres", "--", path, .. arguments])
            : ExecuteAsync(_directory.FullName, path, arguments);
    }

    private static async Task ExecuteAsync(string directory, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed:\n{await output}{await errors}");
        }
    }

    private static string? FindBinaries() => !Directory.Exists(Versions)
        ? null
        : Directory.EnumerateDirectories(Versions)
            .OrderByDescending(version => int.TryParse(Path.GetFileName(version), out var number) ? number : 0)
            .Select(version => Path.Combine(version, "bin"))
            .FirstOrDefault(binaries => File.Exists(Path.Combine(binaries, "initdb")));
}
