namespace DaprShop.Sidecar.Cel;

internal enum CelTokenKind
{
    End,
    Identifier,
    Int,
    Double,
    String,
    Symbol,
}

/// <summary>A token: its text (a string literal's is already unescaped) and its offset in the expression.</summary>
internal readonly record struct CelToken(CelTokenKind Kind, string Text, int Position)
{
    public bool IsSymbol(string symbol) => Kind == CelTokenKind.Symbol && Text == symbol;

    public override string ToString() => Kind switch
    {
        CelTokenKind.End => "the end",
        CelTokenKind.String => "a string",
        _ => $"'{Text}'",
    };
}
