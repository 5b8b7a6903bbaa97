using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace DaprShop.Replay;

/// <summary>The command line.</summary>
internal sealed record ReplayOptions(
    FileInfo File,
    int Limit,
    int Concurrency,
    Uri Gateway,
    string Email,
    string Password,
    double DeclinePercent,
    double RefuseShipmentPercent,
    double ProviderTimeoutPercent,
    TimeSpan Patience,
    FileInfo RejectedFile)
{
    public static RootCommand BuildCommand(Func<ReplayOptions, CancellationToken, Task<int>> run)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "Order lines in the Online Retail format, .csv or .csv.gz" };
        file.AcceptExistingOnly();
        var limit = new Option<int>("--limit") { Description = "Only the first N invoices and cancellations", DefaultValueFactory = _ => int.MaxValue };
        var concurrency = new Option<int>("--concurrency") { Description = "Orders in flight", DefaultValueFactory = _ => 16 };
        var gateway = new Option<Uri>("--gateway")
        {
            Description = "The shop",
            DefaultValueFactory = _ => new Uri("http://localhost:8080"),
            CustomParser = ParseUri,
        };
        var email = new Option<string>("--email")
        {
            Description = "Who replays: somebody of the shop's staff",
            DefaultValueFactory = _ => "staff@daprshop.example",
        };
        var password = new Option<string>("--password")
        {
            Description = "The password; the environment's REPLAY_PASSWORD, or that of a fresh shop",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("REPLAY_PASSWORD") ?? "Staff-Pass-1",
        };
        var decline = Percent("--decline", "Part of the orders whose card the provider declines, such as 5%");
        var noShip = Percent("--no-ship", "Part of the orders that no carrier takes");
        var timeout = Percent("--psp-timeout", "Part of the orders whose first charge is taken but answered too late");
        var patience = new Option<int>("--patience")
        {
            Description = "Seconds to go on repeating a request while the shop is down, and to wait for open orders at the end",
            DefaultValueFactory = _ => 120,
        };
        var rejected = new Option<FileInfo>("--rejected")
        {
            Description = "Where the rows that cannot be an order are listed, with the reason",
            DefaultValueFactory = _ => new FileInfo("replay-rejected.csv"),
        };
        foreach (var atLeastOne in new[] { limit, concurrency, patience })
        {
            atLeastOne.Validators.Add(result =>
            {
                if (result.GetValue(atLeastOne) < 1)
                {
                    result.AddError($"{atLeastOne.Name} must be at least 1.");
                }
            });
        }

        var command = new RootCommand("Turns a month of a real shop's order lines into the life of this one, then reconciles every unit and every penny.")
        {
            file, limit, concurrency, gateway, email, password, decline, noShip, timeout, patience, rejected,
        };
        command.SetAction((parsed, cancellation) => run(
            new ReplayOptions(
                parsed.GetRequiredValue(file),
                parsed.GetValue(limit),
                parsed.GetValue(concurrency),
                parsed.GetRequiredValue(gateway),
                parsed.GetRequiredValue(email),
                parsed.GetRequiredValue(password),
                parsed.GetValue(decline),
                parsed.GetValue(noShip),
                parsed.GetValue(timeout),
                TimeSpan.FromSeconds(parsed.GetValue(patience)),
                parsed.GetRequiredValue(rejected)),
            cancellation));
        return command;
    }

    private static Option<double> Percent(string name, string description) =>
        new(name) { Description = description, CustomParser = ParsePercent };

    private static Uri? ParseUri(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https"))
        {
            return uri;
        }

        result.AddError($"'{text}' is not an http address.");
        return null;
    }

    private static double ParsePercent(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (double.TryParse(text.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and <= 100)
        {
            return percent;
        }

        result.AddError($"'{text}' is not a percentage from 0% to 100%.");
        return 0;
    }
}
