using System.Globalization;
using DaprShop.Sidecar.Host.Files;
using DaprShop.Sidecar.Resources;
using Spectre.Console;

namespace DaprShop.Sidecar.Host.Output;

/// <summary>What a user is told once everything runs.</summary>
internal static class StartReport
{
    /// <summary>Component types that name a server elsewhere, which the embedded runtime does not use.</summary>
    private static readonly string[] Elsewhere = [".redis", ".sqlite", ".postgresql", ".rabbitmq", ".kafka", ".mqtt3"];

    public static Table AppTable(IEnumerable<AppRow> rows)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("app", "pid", "app port", "dapr http", "dapr grpc", "state");
        foreach (var number in Enumerable.Range(1, 4))
        {
            table.Columns[number].RightAligned();
        }

        foreach (var row in rows)
        {
            table.AddRow(
                Markup.Escape(row.AppId), Number(row.ProcessId), Number(row.AppPort), Number(row.HttpPort), Number(row.GrpcPort),
                row.IsWell ? $"[green]{Markup.Escape(row.State)}[/]" : $"[red]{Markup.Escape(row.State)}[/]");
        }

        return table;
    }

    /// <summary>One line a type: which components are served from the embedded store in place of the server they name.</summary>
    public static IEnumerable<string> EmbeddedComponents(IEnumerable<Component> components, string store) => components
        .Where(component => Elsewhere.Any(ending => component.Type.EndsWith(ending, StringComparison.Ordinal)))
        .GroupBy(component => component.Type, component => component.Name)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => $"{group.Key} is served from {store}, addresses are not used: {string.Join(", ", group.Distinct())}");

    /// <summary>The first app of the file that has a port; the path is its <c>env</c> LAUNCH_URL, if it sets one.</summary>
    public static string? Address(RunFile file)
    {
        var first = file.Apps.FirstOrDefault(app => app.AppPort > 0 && app.Protocol is "http" or "https");
        return first is null ? null
            : new Uri(new Uri($"{first.Protocol}://localhost:{first.AppPort}"), first.Environment.GetValueOrDefault("LAUNCH_URL", "")).ToString();
    }

    private static string Number(int? number) => number is > 0 ? number.Value.ToString(CultureInfo.InvariantCulture) : "-";
}

/// <summary>A line of the table: ids and ports that are null or 0 are shown as none.</summary>
internal sealed record AppRow(string AppId, int? ProcessId, int AppPort, int HttpPort, int GrpcPort, string State, bool IsWell);
