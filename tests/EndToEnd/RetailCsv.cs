using System.Globalization;
using System.Text;

namespace DaprShop.EndToEnd.Tests;

/// <summary>Invented order lines in the Online Retail format, the same for the same arguments.</summary>
internal static class RetailCsv
{
    public static string Write(int invoices)
    {
        var csv = new StringBuilder("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n");
        for (var invoice = 0; invoice < invoices; invoice++)
        {
            var customer = invoice % 7 == 0 ? "" : $"{17000 + (invoice % 9)}.0";
            for (var line = 0; line <= invoice % 6; line++)
            {
                Add(csv, $"{536000 + invoice}", $"{84000 + ((invoice + line) % 20)}A", 1 + ((invoice * 3) % 8), 1.25m + line, customer);
            }

            Add(csv, $"{536000 + invoice}", "POST", 1, 18m, customer);
            if (invoice % 10 == 9)
            {
                Add(csv, $"C{536000 + invoice}", $"{84000 + (invoice % 20)}A", -1, 1.25m, customer);
            }
        }

        return csv.ToString();
    }

    private static void Add(StringBuilder csv, string invoice, string code, int quantity, decimal price, string customer) =>
        csv.Append(CultureInfo.InvariantCulture, $"{invoice},{code},\"PRODUCT, {code}\",{quantity},2010-12-01 08:26:00,{price},{customer},United Kingdom\n");
}
