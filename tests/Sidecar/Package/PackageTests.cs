using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using DaprShop.Sidecar.Tests.Host;

namespace DaprShop.Sidecar.Tests.Package;

/// <summary>The runtime as a NuGet package, and somebody who uses it by what its README says.</summary>
public sealed class PackageTests : IDisposable
{
    private const string Consumer = """
        using Dapr;
        using Dapr.Client;
        using DaprShop.Sidecar;
        using DaprShop.Sidecar.Resources;

        await using var dapr = await EmbeddedDapr.StartAsync(EmbeddedApp.WithComponents("orders",
            new Component { Name = "statestore", Type = "state.sqlite" },
            new Component { Name = "pubsub", Type = "pubsub.redis" }));
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseDapr(dapr["orders"]);
        builder.Services.AddDaprClient();
        await using var app = builder.Build();
        app.MapSubscribeHandler();
        var arrived = new TaskCompletionSource<Order>();
        app.UseCloudEvents();
        app.MapPost("/orders", async (Order order, DaprClient client) =>
        {
            await client.SaveStateAsync("statestore", $"order-{order.Id}", order);
            arrived.TrySetResult(order);
        }).WithTopic("pubsub", "orders");
        await app.StartAsync();
        await dapr.WaitUntilReadyAsync();

        var client = app.Services.GetRequiredService<DaprClient>();
        await client.PublishEventAsync("pubsub", "orders", new Order(7));
        var order = await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Console.WriteLine($"order {order.Id} is {(await client.GetStateAsync<Order>("statestore", "order-7") is { } stored && stored == order ? "stored" : "lost")}");

        internal sealed record Order(int Id);
        """;

    private readonly RunFolder _folder = new RunFolder().WithDirectory("packages");
    private readonly string _version = $"1.0.0-test{Guid.NewGuid():N}";

    public void Dispose()
    {
        _folder.Dispose();
        var cached = Path.Combine(
            Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
            "embeddeddapr", _version);
        if (Directory.Exists(cached))
        {
            Directory.Delete(cached, recursive: true);
        }
    }

    [Fact]
    public async Task A_project_that_restores_the_package_tests_an_app_with_it()
    {
        // It was built for this very test run.
        await DotnetAsync(Root(), "pack", "sidecar/Runtime", "--no-build", "-c", "Release", "-o", _folder.At("packages"), $"-p:PackageVersion={_version}", "-v", "q");
        var package = Assert.Single(Directory.GetFiles(_folder.At("packages")));
        using (var zip = ZipFile.OpenRead(package))
        {
            Assert.Equal(["README.md", "lib/net10.0/DaprShop.Sidecar.dll", "lib/net10.0/DaprShop.Sidecar.xml"], zip.Entries
                .Select(entry => entry.FullName).Where(name => name == "README.md" || name.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        }

        _folder.With("consumer/nuget.config", $"""<configuration><packageSources><add key="here" value="{_folder.At("packages")}" /></packageSources></configuration>""")
            .With("consumer/Program.cs", Consumer)
            .With("consumer/Consumer.csproj", $"""
                <Project Sdk="Microsoft.NET.Sdk.Web">
                  <PropertyGroup>
                    <TargetFramework>net10.0</TargetFramework>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <Nullable>enable</Nullable>
                    <NuGetAudit>false</NuGetAudit>
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="EmbeddedDapr" Version="{_version}" />
                    <PackageReference Include="Dapr.AspNetCore" Version="1.19.0" />
                  </ItemGroup>
                </Project>
                """);
        await DotnetAsync(_folder.At("consumer"), "build", "-c", "Release", "-v", "q", "-nologo", "-o", _folder.At("out"));
        var output = await DotnetAsync(_folder.At("consumer"), "exec", _folder.At("out/Consumer.dll"));

        Assert.Equal("order 7 is stored", output.Trim());
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../../.."));

    private static async Task<string> DotnetAsync(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        // No build server may outlive the test, and the test host's own build settings are not the consumer's.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment.Remove("MSBuildSDKsPath");
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{await output}\n{await error}");
        return await output;
    }
}
