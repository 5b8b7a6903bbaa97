using DaprShop.Search.Domain;

namespace DaprShop.Domain.Tests.Search;

public sealed class SearchTermTests
{
    [Theory]
    [InlineData("mug", "\"mug\"*")]
    [InlineData("  Oak   clock ", "\"Oak\"* \"clock\"*")]
    [InlineData("MUG-STONE", "\"MUG\"* \"STONE\"*")]
    [InlineData("café", "\"café\"*")]
    [InlineData("\"mug\" OR name:* NEAR(a b) -c ^d", "\"mug\"* \"OR\"* \"name\"* \"NEAR\"* \"a\"* \"b\"* \"c\"* \"d\"*")]
    public void Each_word_is_a_quoted_beginning(string term, string match) => Assert.Equal(match, SearchTerm.ToMatch(term));

    [Theory]
    [InlineData("")]
    [InlineData("\"'*()\\;-- \0\n")]
    [InlineData("\ud800")]
    public void Without_a_word_there_is_nothing_to_match(string term) => Assert.Null(SearchTerm.ToMatch(term));

    [Fact]
    public void Words_have_an_end() =>
        Assert.Equal(12, SearchTerm.ToMatch(string.Join(' ', Enumerable.Range(0, 100)))!.Split(' ').Length);
}
