using DaprShop.Contracts;
using DaprShop.Inventory.Domain;

namespace DaprShop.Domain.Tests.Inventory;

public sealed class RestockTests
{
    private readonly StockBook _book = Book.Of(Book.Stock("MUG-STONE", ("coventry", 4), ("rotterdam", 1)));

    [Fact]
    public void A_product_that_falls_below_the_threshold_is_proposed_to_its_supplier()
    {
        _book.Reserve("o1", new StockLine("MUG-STONE", 3));

        Assert.Equal(
            [
                new StockRanLow("MUG-STONE:1", "MUG-STONE", 2, 3, Book.Now),
                new PurchaseProposed("MUG-STONE:1", "MUG-STONE", "Stoke Potteries", "orders@stoke-potteries.example", 8, Book.Now),
            ],
            _book.Events);
    }

    [Fact]
    public void What_is_at_the_threshold_is_not_low()
    {
        _book.Reserve("o1", new StockLine("MUG-STONE", 2));

        Assert.Empty(_book.Events);
    }

    [Fact]
    public void A_shortage_has_one_proposal_however_many_orders_deepen_it()
    {
        _book.Reserve("o1", new StockLine("MUG-STONE", 3));
        _book.Reserve("o2", new StockLine("MUG-STONE", 1));
        _book.Commit("o1");
        _book.Reserve("o3", new StockLine("MUG-STONE", 5));

        Assert.Single(_book.Events.OfType<PurchaseProposed>());
    }

    [Fact]
    public void A_delivery_closes_the_proposal_and_the_next_shortage_has_another()
    {
        _book.Reserve("o1", new StockLine("MUG-STONE", 3));
        _book.Receive(Book.Delivery("MUG-STONE", "d1", 8));
        Assert.Null(_book.StockOf("MUG-STONE").Proposal);

        _book.Reserve("o2", new StockLine("MUG-STONE", 9));

        Assert.Equal("MUG-STONE:1", Assert.Single(_book.Events.OfType<PurchaseClosed>()).ProposalId);
        Assert.Equal("MUG-STONE:2", _book.StockOf("MUG-STONE").Proposal!.Id);
    }

    [Fact]
    public void A_delivery_that_was_counted_before_closes_nothing()
    {
        _book.Receive(Book.Delivery("MUG-STONE", "d1", 1));
        _book.Reserve("o1", new StockLine("MUG-STONE", 5));

        _book.Receive(Book.Delivery("MUG-STONE", "d1", 1));

        Assert.NotNull(_book.StockOf("MUG-STONE").Proposal);
    }

    [Theory]
    [InlineData("MUG-STONE", "Stoke Potteries")]
    [InlineData("85123A", "General Trading")]
    public void Every_product_has_a_supplier(string sku, string supplier) => Assert.Equal(supplier, Supplier.Of(sku).Name);
}
