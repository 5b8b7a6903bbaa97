namespace DaprShop.Workflow.Tests.Golden;

/// <summary>The library's worker against what workers answered to a real daprd 1.17.13.</summary>
public sealed class WorkerTranscriptTests
{
    // Without turns: 01, 37, 50. Of the scripted worker's answers only these are what a workflow would say.
    private static readonly string[] s_left = ["01", "37", "50"];
    private static readonly string[] s_scripted = ["64", "77", "78", "79", "83", "88"];

    public static TheoryData<string> Scenarios => Transcripts.Names(name =>
        string.CompareOrdinal(name, "60") < 0 ? !s_left.Contains(name[..2]) : s_scripted.Contains(name[..2]));

    [TheoryWhereTranscriptsAre]
    [MemberData(nameof(Scenarios))]
    public void The_worker_answers_what_the_recorded_one_answered(string scenario)
    {
        var (differences, turns) = WorkerReplay.Run(scenario);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(turns > 0, "no turn was compared");
    }
}
