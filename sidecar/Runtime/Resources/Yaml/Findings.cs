namespace DaprShop.Sidecar.Resources.Yaml;

/// <summary>
/// Collects what is wrong with a set of YAML files, so that all of it can be reported at once. What daprd itself only logs
/// is a problem here too, unless the reader is told to be as lenient as daprd.
/// </summary>
internal sealed class Findings(bool lenient = false)
{
    private readonly List<ResourceProblem> _problems = [];
    private readonly List<ResourceProblem> _warnings = [];

    /// <summary>What keeps the resources from being used.</summary>
    public IReadOnlyList<ResourceProblem> Problems => _problems;

    /// <summary>What may be a mistake and does no harm.</summary>
    public IReadOnlyList<ResourceProblem> Warnings => _warnings;

    /// <summary><paramref name="tolerable"/>: daprd would log it, leave the object out and go on.</summary>
    public void Problem(ResourceProblem problem, bool tolerable = false) => Add(tolerable && lenient ? _warnings : _problems, problem);

    public void Warn(ResourceProblem problem) => Add(_warnings, problem);

    // Several apps read the same files: each finding is told once.
    private static void Add(List<ResourceProblem> list, ResourceProblem problem)
    {
        if (!list.Contains(problem))
        {
            list.Add(problem);
        }
    }
}
