using System.Globalization;
using System.Text.RegularExpressions;

namespace DaprShop.Sidecar.Tests.Observability;

/// <summary>One reading of a sidecar's metrics port.</summary>
internal sealed partial class Scrape
{
    private readonly IReadOnlyList<(string Name, IReadOnlyDictionary<string, string> Labels, double Value)> _series;

    private Scrape(string text) => _series =
    [
        .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Select(line =>
        {
            var parts = Series().Match(line);
            Assert.True(parts.Success, line);
            return (
                parts.Groups["name"].Value,
                (IReadOnlyDictionary<string, string>)Label().Matches(parts.Groups["labels"].Value)
                    .ToDictionary(label => label.Groups["name"].Value, label => label.Groups["value"].Value),
                double.Parse(parts.Groups["value"].Value, CultureInfo.InvariantCulture));
        }),
    ];

    public static async Task<Scrape> OfAsync(SidecarFixture dapr, string appId)
    {
        using var http = new HttpClient();
        return new Scrape(await http.GetStringAsync(new Uri($"http://127.0.0.1:{dapr.Endpoint(appId).MetricsPort}/metrics")));
    }

    /// <summary>Reads again until what is counted a moment after it was answered is there.</summary>
    public static async Task<Scrape> UntilAsync(SidecarFixture dapr, string appId, Func<Scrape, bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var scrape = await OfAsync(dapr, appId);
            if (condition(scrape))
            {
                return scrape;
            }

            await Task.Delay(20, timeout.Token);
        }
    }

    /// <summary>The value of the one series of that name with these labels, which may have others; 0 when there is none.</summary>
    public double this[string name, params (string Name, string Value)[] labels] => _series
        .Where(series => series.Name == name && labels.All(label => series.Labels.GetValueOrDefault(label.Name) == label.Value))
        .Select(series => series.Value).SingleOrDefault();

    /// <summary>The values that a label has, in all series or in those of one name.</summary>
    public IEnumerable<string?> ValuesOf(string label, string? name = null) =>
        _series.Where(series => name is null || series.Name == name).Select(series => series.Labels.GetValueOrDefault(label)).Distinct();

    [GeneratedRegex("""^(?<name>\w+)(\{(?<labels>.*)\})? (?<value>\S+)$""")]
    private static partial Regex Series();

    [GeneratedRegex("(?<name>\\w+)=\"(?<value>[^\"]*)\"")]
    private static partial Regex Label();
}
