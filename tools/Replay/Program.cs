using System.CommandLine;
using DaprShop.Contracts;
using DaprShop.Replay;

var command = ReplayOptions.BuildCommand(async (options, cancellation) =>
{
    var rows = RetailFile.Read(options.File);
    var plan = ReplayPlan.From(rows, options.Limit);
    plan.WriteRejected(options.RejectedFile);

    using var shop = new ShopClient(options.Gateway, new LogIn(options.Email, options.Password), options.Patience);
    var journal = await new ShopReplay(shop, plan, options).RunAsync(cancellation);
    var report = await Reconciliation.ReadAsync(shop, plan, journal, options, cancellation);
    ReportPrinter.Print(plan, journal, report, options);
    return report.Holds ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
