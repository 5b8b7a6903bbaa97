namespace DaprShop.Sidecar.Resources;

/// <summary>What is wrong with a YAML file, and where. Lines count from 1; the field is empty when no single field is meant.</summary>
public sealed record ResourceProblem(string File, int Line, string Field, string Message)
{
    /// <summary><c>file:line: field: message</c>, the file relative to the current directory when it is below it.</summary>
    public override string ToString() =>
        Field.Length == 0 ? $"{Shown(File)}:{Line}: {Message}" : $"{Shown(File)}:{Line}: {Field}: {Message}";

    /// <summary>A path as messages show it.</summary>
    public static string Shown(string path)
    {
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}

/// <summary>Resources that cannot be used; the message has one line a problem, each beginning with <c>file:line: field:</c>.</summary>
public sealed class ResourceException(IReadOnlyList<ResourceProblem> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>All that is wrong, in the order it was found.</summary>
    public IReadOnlyList<ResourceProblem> Problems => problems;
}
