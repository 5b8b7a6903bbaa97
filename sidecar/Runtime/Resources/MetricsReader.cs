using System.Globalization;
using DaprShop.Sidecar.Observability;
using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Resources;

/// <summary>Reads spec.metrics of a Configuration.</summary>
internal static class MetricsReader
{
    public static MetricsSpec Read(YamlMap? metrics)
    {
        metrics?.Expect("enabled", "rules", "http", "latencyDistributionBuckets", "recordErrorCodes");
        if (metrics?.Has("rules") == true)
        {
            metrics.Warn("rules", "is ignored: the embedded runtime rewrites no labels");
        }

        var http = metrics?.Map("http");
        http?.Expect("increasedCardinality", "pathMatching", "excludeVerbs");
        return new MetricsSpec
        {
            Enabled = metrics?.Flag("enabled") ?? true,
            IncreasedCardinality = http?.Flag("increasedCardinality") ?? false,
            PathMatching = [.. (http?.Texts("pathMatching") ?? []).Where(path => IsPattern(path, http!))],
            ExcludeVerbs = http?.Flag("excludeVerbs") ?? false,
            LatencyBuckets = Buckets(metrics),
            RecordErrorCodes = metrics?.Flag("recordErrorCodes") ?? false,
        };
    }

    private static bool IsPattern(string path, YamlMap http)
    {
        var isPattern = PathPattern.TryParse(path, out _);
        if (!isPattern)
        {
            http.Problem("pathMatching", $"\"{path}\" is not a pattern, expected one such as /orders/{{id}}");
        }

        return isPattern;
    }

    private static double[] Buckets(YamlMap? metrics)
    {
        const string key = "latencyDistributionBuckets";
        var texts = metrics?.Texts(key) ?? [];
        double[] buckets = [.. texts.Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : -1)];
        if (buckets.Any(bucket => bucket <= 0) || !buckets.SequenceEqual(buckets.Order().Distinct()))
        {
            metrics!.Problem(key, $"[{string.Join(", ", texts)}] is no scale, expected rising numbers of milliseconds");
            return [];
        }

        return buckets;
    }
}
