using Spectre.Console;

namespace DaprShop.Replay;

/// <summary>Prints what was played, how fast, what was left out, and the reconciliation table.</summary>
internal static class ReportPrinter
{
    public static void Print(ReplayPlan plan, Journal journal, ReconciliationReport report, ReplayOptions options)
    {
        Console.WriteLine();
        Console.WriteLine($"{plan.Products.Count} products and {plan.Customers.Count} customers set up in {journal.SetUp.TotalSeconds:0.0} s.");
        Console.WriteLine(
            $"{journal.Accepted.Count} orders in {journal.Replay.TotalSeconds:0.0} s: {journal.OrdersPerSecond:0.0} orders/s at concurrency {options.Concurrency}; "
            + $"from POST to the end of the saga p50 {journal.Percentile(0.5) * 1000:0} ms, p95 {journal.Percentile(0.95) * 1000:0} ms.");
        PrintRejected(plan, options);
        PrintTable(report);
        AnsiConsole.MarkupLine(report.Holds ? "[green]Everything reconciles.[/]" : "[red]The shop does not reconcile.[/]");
    }

    private static void PrintRejected(ReplayPlan plan, ReplayOptions options)
    {
        if (plan.Rejected.Count == 0)
        {
            return;
        }

        Console.WriteLine($"{plan.Rejected.Count} rows are no part of an order (listed in {options.RejectedFile}):");
        foreach (var (reason, count) in plan.Rejected.CountBy(rejected => rejected.Reason).OrderByDescending(pair => pair.Value))
        {
            Console.WriteLine($"  {count,6}  {reason}");
        }
    }

    private static void PrintTable(ReconciliationReport report)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive)
        {
            AnsiConsole.Profile.Width = 160;
        }

        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("");
        table.AddColumn(new TableColumn("shop").RightAligned());
        table.AddColumn(new TableColumn("expected").RightAligned());
        table.AddColumn("");
        foreach (var finding in report.Findings)
        {
            var verdict = finding.Holds switch { true => "[green]ok[/]", false => "[red]BROKEN[/]", null => "" };
            var detail = finding.Detail is null ? "" : $" {Markup.Escape(finding.Detail.Length > 200 ? finding.Detail[..200] : finding.Detail)}";
            table.AddRow(Markup.Escape(finding.Subject), finding.Shop, finding.Expected, verdict + detail);
        }

        AnsiConsole.Write(table);
    }
}
