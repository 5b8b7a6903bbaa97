using System.Text.Json;
using DaprShop.Sidecar.Cel;

namespace DaprShop.Sidecar.Tests.Cel;

public sealed class CelExpressionTests
{
    private const string Event = """
        {"id":"7","type":"order.big","source":"shop/special","count":3,"flag":true,"none":null,
         "data":{"total":120.5,"n":2,"items":[1,"two",{"sku":"A-1"}],"customer":{"name":"Ada"},"empty":[]},
         "data-with-dash":"x"}
        """;

    [Theory]
    [InlineData("true")]
    [InlineData("event.type == \"order.big\"")]
    [InlineData("event.type == 'order.big' && event.data.total > 100")]
    [InlineData("event.data.total > 100.25")]
    [InlineData("event.data.n in [1, 2, 3]")]
    [InlineData("!(event.data.n in [4])")]
    [InlineData("'total' in event.data")]
    [InlineData("has(event.data.customer.name)")]
    [InlineData("!has(event.subject)")]
    [InlineData("has(event.none) && event.none == null")]
    [InlineData("!has(event.subject) || event.subject == 'x'")]
    [InlineData("event.subject == 'x' || event.flag")]
    [InlineData("!(event.subject == 'x' && false)")]
    [InlineData("size(event.data.items) >= 2")]
    [InlineData("event.data.items.size() == 3 && size(event.data.empty) == 0")]
    [InlineData("size('grün😀') == 5")]
    [InlineData("event.data.items[1] == 'two'")]
    [InlineData("event.data.items[2].sku.startsWith('A-')")]
    [InlineData("event['data-with-dash'] == 'x'")]
    [InlineData("event.data['customer']['name'].endsWith('da')")]
    [InlineData("event.source.contains(\"special\")")]
    [InlineData("event.type.matches('^order\\\\.(big|small)$')")]
    [InlineData("event.type.matches(r'^order\\.b')")]
    [InlineData("1 + 2 * 3 == 7 && (1 + 2) * 3 == 9 && 7 / 2 == 3 && 7 % 4 == 3 && 2 - 3 == -1")]
    [InlineData("event.data.total * 2.0 == 241.0")]
    [InlineData("1.5e2 == 150.0 && .5 < 1.0 && 0x1F == 31")]
    [InlineData("1 == 1.0 && 2 > 1.5")]
    [InlineData("'a' + 'b' == 'ab' && 'a' < 'b'")]
    [InlineData("[1, 2] + [3] == [1, 2, 3]")]
    [InlineData("'1' != 1")]
    [InlineData("event.flag ? event.count == 3 : false")]
    [InlineData("false ? false : false ? false : true")]
    [InlineData("string(event.count) == '3' && string(1.5) == '1.5' && string(true) == 'true'")]
    [InlineData("int(event.data.total) == 120 && int('-42') == -42 && double('1.5') == 1.5")]
    [InlineData("'a\\n\\x41\\u00e9\\U0001F600\\101' == '''a\nAé😀A'''")]
    [InlineData("r'a\\n' == 'a\\\\n'")]
    [InlineData("--1 == 1 && !!true")]
    [InlineData("-9223372036854775808 < 0")]
    [InlineData("true || 1 / 0 == 1 // whatever")]
    public void An_expression_holds(string expression) => Assert.True(Matches(expression));

    [Theory]
    [InlineData("false")]
    [InlineData("event.type == 'x'")]
    [InlineData("event.data.total < 100")]
    [InlineData("event.none == false")]
    [InlineData("'none' in event.data")]
    [InlineData("event.type.startsWith('big')")]
    public void An_expression_does_not_hold(string expression) => Assert.False(Matches(expression));

    [Theory]
    [InlineData("event.subject == 's'", "no such key: subject")]
    [InlineData("event.data.total.cents > 1", "field 'cents' of double")]
    [InlineData("event.type", "string instead of a bool")]
    [InlineData("event.type > 1", "no such overload: _>_")]
    [InlineData("event.count + 1 == 4", "no such overload: _+_")]
    [InlineData("event.flag && event.type", "no such overload: _&&_")]
    [InlineData("event.subject == 'x' && true", "no such key")]
    [InlineData("1 / 0 == 1", "division by zero")]
    [InlineData("9223372036854775807 + 1 > 0", "integer overflow")]
    [InlineData("event.data.items[9] == 1", "index out of bounds")]
    [InlineData("int('x') == 1", "not an int")]
    [InlineData("event.type.matches('(')", "invalid pattern")]
    [InlineData("other.type == 'x'", "no such attribute: other")]
    public void A_failure_at_evaluation_is_an_exception(string expression, string message)
    {
        var e = Assert.Throws<InvalidOperationException>(() => Matches(expression));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("event.type ==", "<input>:1:14: Syntax error: found the end, expected an operand")]
    [InlineData("event.type = 'x'", "<input>:1:12: Syntax error: token recognition error at: '='")]
    [InlineData("(event.type == 'x'", "<input>:1:19: Syntax error: found the end, expected ')'")]
    [InlineData("event.type ==\n  'x' 'y'", "<input>:2:7: Syntax error: found a string, expected an operator or the end")]
    [InlineData("event.'x'", "<input>:1:7: Syntax error: found a string, expected a name")]
    [InlineData("'open", "<input>:1:1: Syntax error: the string is not closed")]
    [InlineData("'\\q'", "<input>:1:2: Syntax error: invalid escape sequence")]
    [InlineData("event.items.first()", "<input>:1:13: Syntax error: undeclared reference to 'first'")]
    [InlineData("has(event)", "<input>:1:1: Syntax error: invalid argument to has() macro")]
    [InlineData("99999999999999999999 > 1", "<input>:1:1: Syntax error: invalid int literal")]
    [InlineData("12abc > 1", "<input>:1:3: Syntax error: unexpected 'a' after a number")]
    [InlineData("", "<input>:1:1: Syntax error: found the end, expected an operand")]
    public void An_error_of_syntax_tells_where_it_is(string expression, string message)
    {
        var e = Assert.Throws<FormatException>(() => CelExpression.Compile(expression));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Declared_variables_are_checked_when_compiling()
    {
        Assert.Throws<FormatException>(() => CelExpression.Compile("evnt.type == 'x'", "event"));
        Assert.NotNull(CelExpression.Compile("event.type == 'x'", "event"));
    }

    [Fact]
    public void Deep_nesting_is_an_error_and_not_a_crash()
    {
        Assert.Throws<FormatException>(() => CelExpression.Compile(new string('(', 100_000) + "1" + new string(')', 100_000)));
        Assert.Throws<FormatException>(() => CelExpression.Compile("1" + string.Concat(Enumerable.Repeat("+1", 100_000)) + " > 0"));
        Assert.Throws<InvalidOperationException>(() => CelExpression.Compile(new string('-', 1000) + "true").Evaluate(new Dictionary<string, object?>()));
    }

    [Fact]
    public void A_breaker_trips_on_counters()
    {
        var trip = CelExpression.Compile("consecutiveFailures > 5 || (requests >= 10 && double(totalFailures) / double(requests) > 0.5)");
        Assert.False(Trips(consecutive: 5, failures: 5, requests: 20));
        Assert.True(Trips(consecutive: 6, failures: 6, requests: 20));
        Assert.True(Trips(consecutive: 1, failures: 11, requests: 20));

        bool Trips(long consecutive, long failures, long requests) => trip.Evaluate(new Dictionary<string, object?>
        {
            ["consecutiveFailures"] = consecutive,
            ["totalFailures"] = failures,
            ["requests"] = requests,
        });
    }

    private static bool Matches(string expression)
    {
        using var json = JsonDocument.Parse(Event);
        return CelExpression.Compile(expression).Matches(json.RootElement);
    }
}
