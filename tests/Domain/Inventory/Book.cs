using DaprShop.Inventory.Domain;

namespace DaprShop.Domain.Tests.Inventory;

/// <summary>Stock books of tests.</summary>
internal static class Book
{
    public static DateTimeOffset Now { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static TimeSpan Hold { get; } = TimeSpan.FromMinutes(30);

    private static readonly string[] s_coventryFirst = ["coventry", "rotterdam", "indianapolis"];

    public static StockBook Empty(DateTimeOffset? now = null) => new([], [], [], new RestockPolicy(Threshold: 3, Target: 10), now ?? Now);

    public static StockBook Of(params Stock[] stocks) => new(stocks, [], [], new RestockPolicy(Threshold: 3, Target: 10), Now);

    /// <summary>What was left by a book, some time later.</summary>
    public static StockBook Later(this StockBook book, TimeSpan time) =>
        new(book.ChangedStocks, book.ChangedReservations, book.NewDeliveries, new RestockPolicy(Threshold: 3, Target: 10), Now + time);

    public static Stock Stock(string sku, params (string Warehouse, int Units)[] shelves) =>
        new(sku, [.. shelves.Select(shelf => new Shelf(shelf.Warehouse, new Units(shelf.Units, shelf.Units, 0, 0)))]);

    public static Delivery Delivery(string sku, string id, int units, string warehouse = "coventry") => new(sku, id, units, warehouse);

    /// <summary>For half an hour, from Coventry if possible.</summary>
    public static StockOutcome Reserve(this StockBook book, string orderId, params StockLine[] lines) =>
        book.Reserve(orderId, lines, s_coventryFirst, Hold);
}
