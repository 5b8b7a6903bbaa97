using System.Globalization;

namespace DaprShop.Sidecar.Cel;

/// <summary>
/// Recursive descent over CEL's grammar, lowest precedence first: conditional, ||, &amp;&amp;, relations, sums, products, unary,
/// members. Map and message literals, bytes, unsigned numbers and the macros other than <c>has</c> are not part of the subset.
/// </summary>
internal sealed class CelParser
{
    // A rule comes from outside: deep nesting, or a chain of thousands of operators, must be an error of the rule and not
    // the end of the process by an overflowing stack.
    private const int MaxDepth = 200;
    private const int MaxTokens = 4000;

    private static readonly string[][] s_levels = [["==", "!=", "<", "<=", ">", ">=", "in"], ["+", "-"], ["*", "/", "%"]];

    private readonly CelLexer _lexer;
    private readonly IReadOnlyCollection<string>? _variables;
    private CelToken _token;
    private int _depth;
    private int _tokens;

    private CelParser(string text, IReadOnlyCollection<string>? variables)
    {
        _lexer = new CelLexer(text);
        _variables = variables;
        _token = _lexer.Next();
    }

    public static CelNode Parse(string text, IReadOnlyCollection<string>? variables)
    {
        var parser = new CelParser(text, variables);
        var node = parser.Expression();
        return parser._token.Kind == CelTokenKind.End ? node : throw parser.Unexpected("an operator or the end");
    }

    private CelNode Expression()
    {
        if (++_depth > MaxDepth)
        {
            throw _lexer.Error("the expression is nested too deeply", _token.Position);
        }

        var node = Or();
        if (TryTake("?"))
        {
            var then = Or();
            Take(":");
            node = new CelConditional(node, then, Expression());
        }

        _depth--;
        return node;
    }

    private CelNode Or()
    {
        var node = And();
        while (TryTake("||"))
        {
            node = new CelLogic(node, And(), Decisive: true);
        }

        return node;
    }

    private CelNode And()
    {
        var node = Level(0);
        while (TryTake("&&"))
        {
            node = new CelLogic(node, Level(0), Decisive: false);
        }

        return node;
    }

    private CelNode Level(int level)
    {
        if (level == s_levels.Length)
        {
            return Unary();
        }

        var node = Level(level + 1);
        while (IsOperator(s_levels[level]))
        {
            var function = CelFunctions.Binary[_token.Text];
            Advance();
            node = new CelCall(function, node, Level(level + 1));
        }

        return node;
    }

    private CelNode Unary()
    {
        if (!_token.IsSymbol("!") && !_token.IsSymbol("-"))
        {
            return Member();
        }

        // Runs of the same sign cancel out in pairs; counting them keeps the recursion flat.
        var sign = _token.Text;
        var count = 0;
        for (; TryTake(sign); count++)
        {
        }

        if (sign == "-" && count == 1 && _token is { Kind: CelTokenKind.Int, Text: "9223372036854775808" })
        {
            Advance();
            return new CelLiteral(CelValue.Of(long.MinValue));
        }

        var operand = Member();
        Func<CelValue, CelValue> apply = sign == "!" ? CelFunctions.Not : CelFunctions.Negate;
        for (var i = 0; i < 2 - (count % 2); i++)
        {
            operand = new CelCall((value, _) => apply(value), operand);
        }

        return operand;
    }

    private CelNode Member()
    {
        var node = Primary();
        while (true)
        {
            if (TryTake("["))
            {
                node = new CelIndex(node, Expression());
                Take("]");
            }
            else if (TryTake("."))
            {
                var name = Identifier();
                node = TryTake("(") ? Method(node, name, Arguments(")")) : new CelField(node, name.Text);
            }
            else
            {
                return node;
            }
        }
    }

    private CelNode Primary()
    {
        var token = _token;
        if (TryTake("("))
        {
            var node = Expression();
            Take(")");
            return node;
        }

        if (TryTake("["))
        {
            return new CelList(Arguments("]"));
        }

        if (token.Kind is CelTokenKind.End or CelTokenKind.Symbol || IsOperator(s_levels[0]))
        {
            throw Unexpected("an operand");
        }

        Advance();
        return token.Kind switch
        {
            CelTokenKind.Int => long.TryParse(token.Text, CultureInfo.InvariantCulture, out var number)
                ? new CelLiteral(CelValue.Of(number))
                : throw _lexer.Error("invalid int literal", token.Position),
            CelTokenKind.Double => new CelLiteral(CelValue.Of(double.Parse(token.Text, CultureInfo.InvariantCulture))),
            CelTokenKind.String => new CelLiteral(CelValue.Of(token.Text)),
            _ when TryTake("(") => Function(token, Arguments(")")),
            _ => Named(token),
        };
    }

    private CelNode Named(CelToken token) => token.Text switch
    {
        "true" => new CelLiteral(CelValue.Of(true)),
        "false" => new CelLiteral(CelValue.Of(false)),
        "null" => new CelLiteral(CelValue.Null),
        var name when _variables?.Contains(name) == false =>
            throw _lexer.Error($"undeclared reference to '{name}'", token.Position),
        var name => new CelVariable(name),
    };

    private CelNode Function(CelToken name, List<CelNode> arguments)
    {
        if (name.Text == "has")
        {
            return arguments is [CelField field] ? new CelHas(field) : throw _lexer.Error("invalid argument to has() macro", name.Position);
        }

        return CelFunctions.Unary.TryGetValue(name.Text, out var function) && arguments is [var only]
            ? new CelCall((value, _) => function(value), only)
            : throw NoFunction(name);
    }

    private CelCall Method(CelNode receiver, CelToken name, List<CelNode> arguments)
    {
        if (name.Text == "size" && arguments.Count == 0)
        {
            return new CelCall((value, _) => CelFunctions.Unary["size"](value), receiver);
        }

        if (!CelFunctions.Methods.TryGetValue(name.Text, out var method) || arguments is not [var argument])
        {
            throw NoFunction(name);
        }

        if (name.Text == "matches" && argument is CelLiteral { Value: { Kind: CelKind.String, Text: var pattern } } && CelFunctions.Matcher(pattern) is { } matcher)
        {
            return new CelCall((text, _) => text.Kind == CelKind.String ? matcher(text.Text) : CelValue.NoOverload("matches"), receiver);
        }

        return new CelCall(
            (text, other) => (text.Kind, other.Kind) == (CelKind.String, CelKind.String)
                ? method(text.Text, other.Text)
                : CelValue.NoOverload(name.Text),
            receiver,
            argument);
    }

    private List<CelNode> Arguments(string end)
    {
        var arguments = new List<CelNode>();
        while (!TryTake(end))
        {
            arguments.Add(Expression());
            if (!_token.IsSymbol(end))
            {
                Take(",");
            }
        }

        return arguments;
    }

    private CelToken Identifier()
    {
        var token = _token;
        if (token.Kind != CelTokenKind.Identifier)
        {
            throw Unexpected("a name");
        }

        Advance();
        return token;
    }

    private bool IsOperator(string[] operators) =>
        (_token.Kind == CelTokenKind.Symbol || _token is { Kind: CelTokenKind.Identifier, Text: "in" }) && operators.Contains(_token.Text);

    private bool TryTake(string symbol)
    {
        if (!_token.IsSymbol(symbol))
        {
            return false;
        }

        Advance();
        return true;
    }

    private void Take(string symbol)
    {
        if (!TryTake(symbol))
        {
            throw Unexpected($"'{symbol}'");
        }
    }

    private void Advance()
    {
        _token = _lexer.Next();
        if (++_tokens > MaxTokens)
        {
            throw _lexer.Error("the expression is too long", _token.Position);
        }
    }

    private FormatException NoFunction(CelToken name) =>
        _lexer.Error($"undeclared reference to '{name.Text}', or a wrong number of arguments", name.Position);

    private FormatException Unexpected(string expected) => _lexer.Error($"found {_token}, expected {expected}", _token.Position);
}
