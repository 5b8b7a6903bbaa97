using System.Globalization;
using DaprShop.Sidecar.Resources.Yaml;

namespace DaprShop.Sidecar.Resources;

/// <summary>Reads spec.tracing of a Configuration.</summary>
internal static class TracingReader
{
    public static string? SamplingRate(YamlMap? tracing)
    {
        tracing?.Expect("samplingRate", "stdout", "zipkin", "otel");
        var rate = tracing?.Text("samplingRate");
        if (rate is not null &&
            !(double.TryParse(rate, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1))
        {
            tracing!.Problem("samplingRate", $"\"{rate}\" is not a share of the traces, expected a number from 0 to 1 such as \"1\"");
        }

        return rate;
    }

    public static TraceExportSpec Exporters(YamlMap? tracing)
    {
        var zipkin = tracing?.Map("zipkin");
        zipkin?.Expect("endpointAddress");
        return new TraceExportSpec
        {
            Stdout = tracing?.Flag("stdout") ?? false,
            Zipkin = zipkin is null ? null : Address(zipkin, "http://localhost:9411/api/v2/spans", isSecure: false),
            Otlp = Otlp(tracing?.Map("otel")),
        };
    }

    private static OtlpSpec? Otlp(YamlMap? otel)
    {
        otel?.Expect("protocol", "endpointAddress", "isSecure", "headers", "timeout");
        if (otel is null || !otel.Has("endpointAddress"))
        {
            return null;
        }

        var protocol = otel.Text("protocol") ?? "";
        if (protocol is not ("grpc" or "http"))
        {
            otel.Problem("protocol", $"\"{protocol}\" is no protocol, expected grpc or http");
        }

        if (Address(otel, "localhost:4317", otel.Flag("isSecure") ?? true) is not { } endpoint)
        {
            return null;
        }

        var isGrpc = protocol == "grpc";
        if (!isGrpc && endpoint.AbsolutePath == "/")
        {
            endpoint = new Uri(endpoint, "/v1/traces");
        }

        return new OtlpSpec(endpoint, isGrpc)
        {
            Headers = otel.List("headers")
                .Select(header => (Name: header.Required("name", "the name of a header") ?? "", Value: header.Value("value") ?? ""))
                .DistinctBy(header => header.Name).ToDictionary(header => header.Name, header => header.Value),
            Timeout = otel.Duration("timeout", bareMilliseconds: true) ?? TimeSpan.FromSeconds(10),
        };
    }

    /// <summary>An address with or without a scheme; Dapr's has none.</summary>
    private static Uri? Address(YamlMap map, string example, bool isSecure)
    {
        const string key = "endpointAddress";
        var text = map.Text(key) ?? "";
        var whole = text.Contains("://", StringComparison.Ordinal) ? text : $"{(isSecure ? "https" : "http")}://{text}";
        if (Uri.TryCreate(whole, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        map.Problem(key, $"\"{text}\" is no address, expected one such as {example}");
        return null;
    }
}
