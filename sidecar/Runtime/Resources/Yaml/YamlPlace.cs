namespace DaprShop.Sidecar.Resources.Yaml;

/// <summary>A document's place: its file, the lines before it, its index in the file, and where its faults are collected.</summary>
internal sealed record YamlPlace(string File, int FirstLine, int Index, bool Tolerable, Findings Findings)
{
    /// <summary>True after a problem in this document: what was read from it is incomplete.</summary>
    public bool Faulty { get; private set; }

    /// <summary>Line in the file of a line in the document, both counted from 1.</summary>
    public int LineInFile(long line) => FirstLine + (int)line;

    /// <summary>Adds a problem. <paramref name="fatal"/>: daprd, too, refuses to start because of it.</summary>
    public void Problem(long line, string field, string message, bool fatal = false)
    {
        Faulty = true;
        Findings.Problem(new ResourceProblem(File, LineInFile(line), field, message), Tolerable && !fatal);
    }

    public void Warn(long line, string field, string message) =>
        Findings.Warn(new ResourceProblem(File, LineInFile(line), field, message));
}
