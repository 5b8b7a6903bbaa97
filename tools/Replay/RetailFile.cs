using System.Globalization;
using System.IO.Compression;
using CsvHelper;
using CsvHelper.Configuration;

namespace DaprShop.Replay;

/// <summary>One order line as it stands in the file. <see cref="Number"/> is its line in the file, the header being line 1.</summary>
internal sealed record RetailRow(
    int Number,
    string InvoiceNo,
    string StockCode,
    string Description,
    string Quantity,
    string InvoiceDate,
    string UnitPrice,
    string CustomerID,
    string Country);

/// <summary>Reads the UCI "Online Retail" format.</summary>
internal static class RetailFile
{
    public static List<RetailRow> Read(FileInfo file)
    {
        using Stream raw = file.OpenRead();
        using Stream stream = file.Extension == ".gz" ? new GZipStream(raw, CompressionMode.Decompress) : raw;
        using var text = new StreamReader(stream);
        using var csv = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture));
        csv.Read();
        csv.ReadHeader();
        var rows = new List<RetailRow>();
        while (csv.Read())
        {
            rows.Add(new RetailRow(
                csv.Context.Parser!.RawRow,
                Field(csv, nameof(RetailRow.InvoiceNo)),
                Field(csv, nameof(RetailRow.StockCode)),
                Field(csv, nameof(RetailRow.Description)),
                Field(csv, nameof(RetailRow.Quantity)),
                Field(csv, nameof(RetailRow.InvoiceDate)),
                Field(csv, nameof(RetailRow.UnitPrice)),
                Field(csv, nameof(RetailRow.CustomerID)),
                Field(csv, nameof(RetailRow.Country))));
        }

        return rows;
    }

    private static string Field(CsvReader csv, string name) => csv.GetField(name)?.Trim() ?? "";
}
