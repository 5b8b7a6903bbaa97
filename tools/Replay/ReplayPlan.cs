using System.Globalization;
using CsvHelper;

namespace DaprShop.Replay;

/// <summary>A stock code at one unit price: the file sells a code at several prices, the shop has one price a product.</summary>
internal sealed record PlannedProduct(string Sku, string Name, decimal Price)
{
    /// <summary>Units that the whole file sells: what is delivered before the replay.</summary>
    public int Units { get; set; }
}

/// <summary>Something that the replay does, in the order of the file.</summary>
internal abstract record PlannedStep(string Invoice);

/// <summary>An invoice: an order to place.</summary>
internal sealed record PlannedOrder(string Invoice, string Customer, string Country, Dictionary<string, int> Lines, decimal Total)
    : PlannedStep(Invoice);

/// <summary>The part of a cancellation that was matched to one earlier order.</summary>
internal sealed record PlannedReturn(string Invoice, PlannedOrder Order, Dictionary<string, int> Lines, bool WholeOrder) : PlannedStep(Invoice);

/// <summary>A row that is no part of an order, and why.</summary>
internal sealed record RejectedRow(RetailRow Row, string Reason);

/// <summary>What a file means to the shop: products, customers, orders and returns, and the rows that mean nothing to it.</summary>
internal sealed class ReplayPlan
{
    public const string WalkIn = "walk-in";

    private static readonly HashSet<string> Charges =
        new(["POST", "DOT", "C2", "M", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK"], StringComparer.OrdinalIgnoreCase);

    private readonly ReturnMatcher _matcher = new();

    public Dictionary<string, PlannedProduct> Products { get; } = new(StringComparer.Ordinal);

    /// <summary>Customer ids; <see cref="WalkIn"/> stands for all lines without one.</summary>
    public HashSet<string> Customers { get; } = new(StringComparer.Ordinal);

    public List<PlannedStep> Steps { get; } = [];

    public List<RejectedRow> Rejected { get; } = [];

    public IEnumerable<PlannedOrder> Orders => Steps.OfType<PlannedOrder>();

    /// <summary>Reads the whole file for the stock, and its first <paramref name="limit"/> invoices and cancellations for the steps.</summary>
    public static ReplayPlan From(IReadOnlyList<RetailRow> rows, int limit)
    {
        var plan = new ReplayPlan();
        var taken = 0;
        foreach (var invoice in rows.GroupBy(row => row.InvoiceNo))
        {
            var isTaken = taken++ < limit;
            if (invoice.Key.StartsWith('C'))
            {
                if (isTaken)
                {
                    plan.AddCancellation(invoice.Key, [.. invoice]);
                }
            }
            else
            {
                plan.AddInvoice(invoice.Key, [.. invoice], isTaken);
            }
        }

        plan.KeepOnlyWhatIsOrdered();
        return plan;
    }

    public void WriteRejected(FileInfo file)
    {
        using var csv = new CsvWriter(file.CreateText(), CultureInfo.InvariantCulture);
        csv.WriteRecords(Rejected.Select(rejected => new
        {
            Line = rejected.Row.Number,
            rejected.Reason,
            rejected.Row.InvoiceNo,
            rejected.Row.StockCode,
            rejected.Row.Description,
            rejected.Row.Quantity,
            rejected.Row.UnitPrice,
            rejected.Row.CustomerID,
            rejected.Row.Country,
        }));
    }

    private void AddInvoice(string invoice, RetailRow[] rows, bool isTaken)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        var total = 0m;
        foreach (var row in rows)
        {
            if (!TryReadLine(row, cancellation: false, out var sku, out var quantity, out var price, out var reason))
            {
                Reject(row, reason, isTaken);
                continue;
            }

            if (!Products.TryGetValue(sku, out var product))
            {
                Products.Add(sku, product = new PlannedProduct(sku, row.Description, price));
            }

            product.Units += quantity;
            lines[sku] = lines.GetValueOrDefault(sku) + quantity;
            total += price * quantity;
        }

        if (!isTaken || lines.Count == 0)
        {
            return;
        }

        var order = new PlannedOrder(invoice, CustomerOf(rows[0]), Countries.CodeOf(rows[0].Country)!, lines, total);
        Customers.Add(order.Customer);
        Steps.Add(order);
        _matcher.Remember(order);
    }

    private void AddCancellation(string invoice, RetailRow[] rows)
    {
        var matched = new Dictionary<PlannedOrder, Dictionary<string, int>>();
        foreach (var row in rows)
        {
            if (!TryReadLine(row, cancellation: true, out var sku, out var quantity, out _, out var reason))
            {
                Reject(row, reason, isTaken: true);
            }
            else if (row.CustomerID.Length == 0)
            {
                Reject(row, "cancellation without a customer", isTaken: true);
            }
            else if (_matcher.Take(CustomerOf(row), StockCodeOf(row), sku, quantity) is not { } match)
            {
                Reject(row, "cancellation of nothing in this file", isTaken: true);
            }
            else
            {
                if (!matched.TryGetValue(match.Order, out var lines))
                {
                    matched.Add(match.Order, lines = []);
                }

                lines[match.Sku] = lines.GetValueOrDefault(match.Sku) + quantity;
            }
        }

        foreach (var (order, lines) in matched)
        {
            var whole = lines.Count == order.Lines.Count && lines.All(line => order.Lines[line.Key] == line.Value);
            Steps.Add(new PlannedReturn(invoice, order, lines, whole));
        }
    }

    private void KeepOnlyWhatIsOrdered()
    {
        var ordered = Orders.SelectMany(order => order.Lines.Keys).ToHashSet(StringComparer.Ordinal);
        foreach (var sku in Products.Keys.Where(sku => !ordered.Contains(sku)).ToArray())
        {
            Products.Remove(sku);
        }
    }

    private void Reject(RetailRow row, string reason, bool isTaken)
    {
        if (isTaken)
        {
            Rejected.Add(new RejectedRow(row, reason));
        }
    }

    private static bool TryReadLine(
        RetailRow row, bool cancellation, out string sku, out int quantity, out decimal price, out string reason)
    {
        sku = "";
        price = 0;
        reason = "";
        if (!int.TryParse(row.Quantity, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out quantity))
        {
            reason = "quantity is no whole number";
        }
        else if (!decimal.TryParse(row.UnitPrice, NumberStyles.Float, CultureInfo.InvariantCulture, out price))
        {
            reason = "price is no number";
        }
        else if (Charges.Contains(row.StockCode))
        {
            reason = "postage, fee or adjustment";
        }
        else if (cancellation ? quantity >= 0 : quantity <= 0)
        {
            reason = cancellation ? "cancellation with a positive quantity" : "quantity is not positive";
        }
        else if (Math.Abs((long)quantity) > 10_000)
        {
            reason = "quantity over 10,000";
        }
        else if (price <= 0)
        {
            reason = "price is not positive";
        }
        else if (decimal.Round(price, 2) != price)
        {
            reason = "price is not in whole pence";
        }
        else if (row.Description.Length == 0)
        {
            reason = "no description";
        }
        else if (Countries.CodeOf(row.Country) is null)
        {
            reason = "unknown country";
        }

        quantity = Math.Abs(quantity);
        sku = string.Create(CultureInfo.InvariantCulture, $"{StockCodeOf(row)}-{price * 100:0}");
        return reason.Length == 0;
    }

    private static string StockCodeOf(RetailRow row) => row.StockCode.ToUpperInvariant().Replace(' ', '-');

    private static string CustomerOf(RetailRow row) => row.CustomerID.Length == 0 ? WalkIn : row.CustomerID.Replace(".0", "", StringComparison.Ordinal);
}
