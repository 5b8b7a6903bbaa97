using PuppeteerSharp;

namespace DaprShop.EndToEnd.Tests;

/// <summary>A Chromium without a window, with a profile of its own that goes when it ends.</summary>
internal static class Chromium
{
    /// <summary>The installed one; null where there is none.</summary>
    public static string? Executable { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .SelectMany(directory => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(directory, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>Its sandbox does not work for root; the tests show it nothing but the shop's own pages.</summary>
    public static Task<IBrowser> StartAsync() => Puppeteer.LaunchAsync(new LaunchOptions
    {
        ExecutablePath = Executable,
        Timeout = 90_000,
        Args = ["--no-sandbox", "--disable-dev-shm-usage"],
        DefaultViewport = new ViewPortOptions { Width = 900, Height = 1100 },
    });
}

/// <summary>A fact that needs a browser; where there is none the test says so and is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactWhereChromiumIsAttribute : FactAttribute
{
    public FactWhereChromiumIsAttribute() => Skip = Chromium.Executable is null ? "Chromium is not installed." : null;
}
