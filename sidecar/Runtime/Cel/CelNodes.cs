namespace DaprShop.Sidecar.Cel;

/// <summary>A node of a compiled expression.</summary>
internal abstract record CelNode
{
    public abstract CelValue Evaluate(IReadOnlyDictionary<string, object?> variables);
}

internal sealed record CelLiteral(CelValue Value) : CelNode
{
    public override CelValue Evaluate(IReadOnlyDictionary<string, object?> variables) => Value;
}

internal sealed record CelVariable(string Name) : CelNode
{
    public override CelValue Evaluate(IReadOnlyDictionary<string, object?> variables) =>
        variables.TryGetValue(Name, out var value) ? CelValue.From(value) : CelValue.Error($"no such attribute: {Name}");
}

internal sealed record CelField(CelNode Operand, string Name) : CelNode
{
    public override CelValue Evaluate(IReadOnlyDictionary<string, object?> variables) => Operand.Evaluate(variables).Field(Name);
}

internal sealed record CelIndex(CelNode Operand, CelNode Index) : CelNode
{
    public override CelValue Evaluate(IReadOnlyDictionary<string, object?> variables) =>
        Operand.Evaluate(variables).At(Index.Evaluate(variables));
}

internal sealed record CelHas(CelField Field) : CelNode
{
    public override CelValue Evaluate(IReadOnlyDictionary<string, object?> variables)
    {
        var owner = Field.Operand.Evaluate(variables);
        return owner.Kind switch
        {
            CelKind.Error => owner,
            CelKind.Map => CelValue.Of(owner.Map.TryGetProperty(Field.Name, out _)),
            _ => CelValue.NoOverload("has"),
        };
    }
}

internal sealed record CelList(IReadOnlyList<CelNode> Items) : CelNode
{
    public override CelValue Evaluate(IReadOnlyDictionary<string, object?> variables)
    {
        var values = new CelValue[Items.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Items[i].Evaluate(variables);
            if (values[i].IsError)
            {
                return values[i];
            }
        }

        return CelValue.Of(values);
    }
}

/// <summary>A logical operator: <c>decisive</c> on either side decides, even when the other side fails.</summary>
internal sealed record CelLogic(CelNode Left, CelNode Right, bool Decisive) : CelNode
{
    public override CelValue Evaluate(IReadOnlyDictionary<string, object?> variables)
    {
        var left = Left.Evaluate(variables);
        if (Decides(left))
        {
            return left;
        }

        var right = Right.Evaluate(variables);
        return Decides(right) ? right
            : left.Kind != CelKind.Bool ? Failure(left)
            : right.Kind != CelKind.Bool ? Failure(right)
            : right;
    }

    private bool Decides(CelValue value) => Decisive ? value.IsTrue : value.IsFalse;

    private CelValue Failure(CelValue value) => value.IsError ? value : CelValue.NoOverload(Decisive ? "_||_" : "_&&_");
}

internal sealed record CelConditional(CelNode Condition, CelNode Then, CelNode Else) : CelNode
{
    public override CelValue Evaluate(IReadOnlyDictionary<string, object?> variables)
    {
        var condition = Condition.Evaluate(variables);
        return condition.IsError ? condition
            : condition.IsTrue ? Then.Evaluate(variables)
            : condition.IsFalse ? Else.Evaluate(variables)
            : CelValue.NoOverload("_?_:_");
    }
}

/// <summary>An operator or function whose arguments are all evaluated first; the first failed one is its result.</summary>
internal sealed record CelCall(Func<CelValue, CelValue, CelValue> Function, CelNode First, CelNode? Second = null) : CelNode
{
    public override CelValue Evaluate(IReadOnlyDictionary<string, object?> variables)
    {
        var first = First.Evaluate(variables);
        if (first.IsError || Second is null)
        {
            return first.IsError ? first : Function(first, CelValue.Null);
        }

        var second = Second.Evaluate(variables);
        return second.IsError ? second : Function(first, second);
    }
}
